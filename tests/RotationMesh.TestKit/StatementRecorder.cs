using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Npgsql;

namespace RotationMesh.TestKit;

/// <summary>A way to a PostgreSQL server that notes every statement which a client sends, whole and as it was sent.</summary>
public sealed class StatementRecorder : IAsyncDisposable
{
    private const int TypeAndLength = 5;

    private readonly CancellationTokenSource closed = new();
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<string, bool> statements = [];
    private readonly string host;
    private readonly int port;
    private readonly Task accepting;

    /// <summary>Leads to the server of a connection string from now on.</summary>
    public StatementRecorder(string connectionString)
    {
        var target = new NpgsqlConnectionStringBuilder(connectionString);
        (host, port) = (target.Host!, target.Port);
        listener.Start();
        // Neither is understood here; the server is on this machine.
        target.SslMode = SslMode.Disable;
        target.GssEncryptionMode = GssEncryptionMode.Disable;
        (target.Host, target.Port) = ("127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port);
        ConnectionString = target.ConnectionString;
        accepting = AcceptAsync();
    }

    /// <summary>The connection string that leads through here.</summary>
    public string ConnectionString { get; }

    /// <summary>What was sent so far, each text once.</summary>
    public IReadOnlyCollection<string> Statements => [.. statements.Keys];

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
                    ReadAsync(near.GetStream(), far.GetStream()),
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

    // The first message has no type; each later one has a letter, then its length without the letter.
    private async Task ReadAsync(NetworkStream from, NetworkStream to)
    {
        var header = new byte[TypeAndLength];
        for (var typed = false; ; typed = true)
        {
            var start = typed ? 0 : 1;
            await from.ReadExactlyAsync(header.AsMemory(start), closed.Token);
            var body = new byte[BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(1)) - sizeof(int)];
            await from.ReadExactlyAsync(body, closed.Token);
            if (typed)
                Note((char)header[0], body);
            await to.WriteAsync(header.AsMemory(start), closed.Token);
            await to.WriteAsync(body, closed.Token);
        }
    }

    private void Note(char type, byte[] body)
    {
        var texts = Encoding.UTF8.GetString(body).Split('\0');
        if (type == 'Q')
            statements[texts[0]] = true;
        else if (type == 'P')
            statements[texts[1]] = true; // after the name of the prepared statement
    }
}
