using System.Net;
using System.Net.Sockets;

namespace RotationMesh.TestKit;

/// <summary>
/// A port of this machine that leads to a server once it is opened, and refuses connections before.
/// <paramref name="send"/>: what passes on a client's bytes (from it, to the server), and ends the connection by its own
/// end; by default all of them pass.
/// </summary>
public sealed class TcpRelay(
    string host,
    int port,
    Func<NetworkStream, NetworkStream, CancellationToken, Task>? send = null
) : IAsyncDisposable
{
    private readonly CancellationTokenSource closed = new();
    private readonly TcpListener listener = new(IPAddress.Loopback, FreePort());
    private Task accepting = Task.CompletedTask;

    /// <summary>The port, known before it is opened.</summary>
    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>Lets connections through from now on.</summary>
    public void Open()
    {
        listener.Start();
        accepting = AcceptAsync();
    }

    /// <summary>Cuts every connection.</summary>
    public async ValueTask DisposeAsync()
    {
        await closed.CancelAsync();
        listener.Stop();
        await accepting;
        listener.Dispose();
        closed.Dispose();
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = LeadAsync(await listener.AcceptTcpClientAsync(closed.Token));
        }
        catch (Exception fault) when (fault is OperationCanceledException or SocketException)
        {
            // Closed.
        }
    }

    private async Task LeadAsync(TcpClient near)
    {
        using (near)
        using (var far = new TcpClient())
        {
            try
            {
                await far.ConnectAsync(host, port, closed.Token);
                var (client, server) = (near.GetStream(), far.GetStream());
                await Task.WhenAny(
                    send?.Invoke(client, server, closed.Token) ?? client.CopyToAsync(server, closed.Token),
                    server.CopyToAsync(client, closed.Token)
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
