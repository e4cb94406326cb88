using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using Npgsql;

namespace RotationMesh.TestKit;

/// <summary>A way to a PostgreSQL server that notes every statement which a client sends, whole and as it was sent.</summary>
public sealed class StatementRecorder : IAsyncDisposable
{
    private const int TypeAndLength = 5;

    private readonly ConcurrentDictionary<string, bool> statements = [];
    private readonly TcpRelay relay;

    /// <summary>Leads to the server of a connection string from now on.</summary>
    public StatementRecorder(string connectionString)
    {
        var target = new NpgsqlConnectionStringBuilder(connectionString);
        relay = new TcpRelay(target.Host!, target.Port, ReadAsync);
        relay.Open();
        // Neither is understood here; the server is on this machine.
        target.SslMode = SslMode.Disable;
        target.GssEncryptionMode = GssEncryptionMode.Disable;
        (target.Host, target.Port) = ("127.0.0.1", relay.Port);
        ConnectionString = target.ConnectionString;
    }

    /// <summary>The connection string that leads through here.</summary>
    public string ConnectionString { get; }

    /// <summary>What was sent so far, each text once.</summary>
    public IReadOnlyCollection<string> Statements => [.. statements.Keys];

    /// <summary>Cuts every connection.</summary>
    public ValueTask DisposeAsync() => relay.DisposeAsync();

    // The first message has no type; each later one has a letter, then its length without the letter.
    private async Task ReadAsync(NetworkStream from, NetworkStream to, CancellationToken closed)
    {
        var header = new byte[TypeAndLength];
        for (var typed = false; ; typed = true)
        {
            var start = typed ? 0 : 1;
            await from.ReadExactlyAsync(header.AsMemory(start), closed);
            var body = new byte[BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(1)) - sizeof(int)];
            await from.ReadExactlyAsync(body, closed);
            if (typed)
                Note((char)header[0], body);
            await to.WriteAsync(header.AsMemory(start), closed);
            await to.WriteAsync(body, closed);
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
