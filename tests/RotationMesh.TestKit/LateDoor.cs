using System.Net;
using System.Net.Sockets;

namespace RotationMesh.TestKit;

/// <summary>A port that refuses connections until it is opened, and then leads to a server.</summary>
public sealed class LateDoor : IAsyncDisposable
{
    private readonly CancellationTokenSource closed = new();
    private readonly TcpListener listener;
    private readonly string host;
    private readonly int port;
    private Task accepting = Task.CompletedTask;

    /// <summary>Takes a free port and keeps it shut.</summary>
    public LateDoor(string host, int port)
    {
        (this.host, this.port) = (host, port);
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        Port = ((IPEndPoint)probe.LocalEndpoint).Port;
        probe.Stop();
        listener = new TcpListener(IPAddress.Loopback, Port);
    }

    /// <summary>The port.</summary>
    public int Port { get; }

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
