using System.Net;
using System.Net.Sockets;

namespace RotationMesh.TestKit;

/// <summary>
/// A port of this machine that leads to a server while it is open, and refuses connections before and after.
/// <paramref name="send"/>: what passes on a client's bytes (from it, to the server), and ends the connection by its own
/// end; by default all of them pass.
/// </summary>
public sealed class TcpRelay(
    string host,
    int port,
    Func<NetworkStream, NetworkStream, CancellationToken, Task>? send = null
) : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, FreePort());
    private CancellationTokenSource closed = new();
    private Task accepting = Task.CompletedTask;

    /// <summary>The port, known before it is opened.</summary>
    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>Lets connections through from now on.</summary>
    public void Open()
    {
        closed.Dispose();
        closed = new CancellationTokenSource();
        listener.Start();
        accepting = AcceptAsync(closed.Token);
    }

    /// <summary>Cuts every connection, and lets none through until it is opened again.</summary>
    public async Task CloseAsync()
    {
        await closed.CancelAsync();
        listener.Stop();
        await accepting;
    }

    /// <summary>Cuts every connection.</summary>
    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        listener.Dispose();
        closed.Dispose();
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private async Task AcceptAsync(CancellationToken closing)
    {
        try
        {
            while (true)
                _ = LeadAsync(await listener.AcceptTcpClientAsync(closing), closing);
        }
        catch (Exception fault) when (fault is OperationCanceledException or SocketException)
        {
            // Closed.
        }
    }

    private async Task LeadAsync(TcpClient near, CancellationToken closing)
    {
        using (near)
        using (var far = new TcpClient())
        {
            try
            {
                await far.ConnectAsync(host, port, closing);
                var (client, server) = (near.GetStream(), far.GetStream());
                await Task.WhenAny(
                    send?.Invoke(client, server, closing) ?? client.CopyToAsync(server, closing),
                    server.CopyToAsync(client, closing)
                );
            }
            catch (Exception fault)
                when (fault is OperationCanceledException or IOException or SocketException)
            {
                // One side has gone.
            }
        }
    }
}
