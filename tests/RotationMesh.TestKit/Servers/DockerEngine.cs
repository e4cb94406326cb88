using System.Net.Sockets;

namespace RotationMesh.TestKit.Servers;

/// <summary>Whether containers can be had here, asked without waiting for an engine that is not there.</summary>
internal static class DockerEngine
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    public static async Task<bool> AnswersAsync()
    {
        foreach (Uri address in Addresses())
        {
            if (await AnswersAsync(address))
            {
                return true;
            }
        }

        return false;
    }

    private static IEnumerable<Uri> Addresses()
    {
        var given = Environment.GetEnvironmentVariable("DOCKER_HOST");
        if (!string.IsNullOrWhiteSpace(given))
        {
            return Uri.TryCreate(given, UriKind.Absolute, out Uri? address) ? [address] : [];
        }

        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return from path in new[] { "/var/run/docker.sock", Path.Combine(home, ".docker/run/docker.sock") }
            where File.Exists(path)
            select new Uri($"unix://{path}");
    }

    private static async Task<bool> AnswersAsync(Uri address)
    {
        using var handler = new SocketsHttpHandler
        {
            ConnectCallback = (_, stop) => ConnectAsync(address, stop),
        };
        using var client = new HttpClient(handler) { Timeout = Timeout };
        try
        {
            using HttpResponseMessage answer = await client.GetAsync(new Uri("http://docker/_ping"));
            return answer.IsSuccessStatusCode;
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    private static async ValueTask<Stream> ConnectAsync(Uri address, CancellationToken stop)
    {
        var local = address.Scheme == "unix";
        Socket socket = local
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (local)
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(address.AbsolutePath), stop);
            }
            else
            {
                await socket.ConnectAsync(address.Host, address.Port, stop);
            }

            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
