using System.Net;
using RotationMesh.Core.Faults;

namespace RotationMesh.Service;

/// <summary>
/// Asks a running service whether it is ready, for the health checks of containers, whose images have no other program for
/// that.
/// </summary>
internal static class HealthQuestion
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Asks the service that listens at <paramref name="listen"/> in this container, writes its answer to
    /// <paramref name="output"/>, and returns the exit code: 0 where it is ready, 1 where it is not or does not answer.
    /// </summary>
    public static async Task<int> AskAsync(Uri listen, TextWriter output)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = Longest };
        try
        {
            using var answer = await client.GetAsync(new Uri(Reachable(listen), "/health/ready"));
            await output.WriteLineAsync(await answer.Content.ReadAsStringAsync());
            return answer.IsSuccessStatusCode ? ExitCodes.Success : ExitCodes.Failure;
        }
        catch (HttpRequestException fault)
        {
            await output.WriteLineAsync($"nothing answers at {listen} ({fault.HttpRequestError})");
        }
        catch (OperationCanceledException)
        {
            await output.WriteLineAsync($"nothing answered at {listen} within {Longest.TotalSeconds:0} s");
        }

        return ExitCodes.Failure;
    }

    // A service that listens on every address answers on loopback.
    private static Uri Reachable(Uri listen)
    {
        if (!IPAddress.TryParse(listen.Host.Trim('[', ']'), out var address))
            return listen.Host is "*" or "+" ? new UriBuilder(listen) { Host = "127.0.0.1" }.Uri : listen;
        if (address.Equals(IPAddress.Any))
            return new UriBuilder(listen) { Host = $"{IPAddress.Loopback}" }.Uri;
        return address.Equals(IPAddress.IPv6Any) ? new UriBuilder(listen) { Host = "[::1]" }.Uri : listen;
    }
}
