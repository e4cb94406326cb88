using System.Net;
using System.Net.Sockets;
using System.Text;

namespace RotationMesh.GateTests.Others;

/// <summary>An HTTP server of one test, on a free port of 127.0.0.1.</summary>
internal sealed class LocalServer : IDisposable
{
    private readonly HttpListener listener = new();
    private readonly Func<HttpListenerRequest, Task<(int Status, string Body)>> answer;

    private LocalServer(Func<HttpListenerRequest, Task<(int Status, string Body)>> answer)
    {
        this.answer = answer;
        Port = FreePort();
        listener.Prefixes.Add($"http://127.0.0.1:{Port}/");
        listener.Start();
        _ = Task.Run(ServeAsync);
    }

    public int Port { get; }

    public string Url => $"http://127.0.0.1:{Port}";

    public static LocalServer Answering(int status, string body = "") =>
        new(_ => Task.FromResult((status, body)));

    public static LocalServer Answering(Func<HttpListenerRequest, (int Status, string Body)> answer) =>
        new(request => Task.FromResult(answer(request)));

    /// <summary>Takes requests and never answers.</summary>
    public static LocalServer Silent() =>
        new(async _ =>
        {
            await Task.Delay(Timeout.Infinite);
            return (200, "");
        });

    public void Dispose() => listener.Close();

    private async Task ServeAsync()
    {
        try
        {
            while (true)
                _ = AnswerAsync(await listener.GetContextAsync());
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        var (status, body) = await answer(context.Request);
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        if (status is >= 300 and < 400)
            context.Response.RedirectLocation = body;
        await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(body));
        context.Response.Close();
    }

    private static int FreePort()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        return ((IPEndPoint)free.LocalEndpoint).Port;
    }
}
