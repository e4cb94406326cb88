using System.Net;
using System.Net.Sockets;

namespace RotationMesh.MeshTests.Rotations;

/// <summary>A port that refuses connections until it is opened, and then leads to a server.</summary>
internal sealed class LateDoor : IAsyncDisposable
{
    private readonly CancellationTokenSource closed = new();
    private readonly TcpListener listener;
    private readonly string host;
    private readonly int port;
    private Task accepting = Task.CompletedTask;

    public LateDoor(string host, int port)
    {
        (this.host, this.port) = (host, port);
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        Port = ((IPEndPoint)probe.LocalEndpoint).Port;
        probe.Stop();
        listener = new TcpListener(IPAddress.Loopback, Port);
    }

    public int Port { get; }

    public void Open()
    {
        listener.Start();
        accepting = AcceptAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await closed.CancelAsync();
        listener.Stop();
        await accepting;
        listener.Dispose();
        closed.Dispose();
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
                await Task.WhenAny(
                    near.GetStream().CopyToAsync(far.GetStream(), closed.Token),
                    far.GetStream().CopyToAsync(near.GetStream(), closed.Token)
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
