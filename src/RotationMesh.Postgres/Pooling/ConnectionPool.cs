using System.Data;
using System.Diagnostics;
using Npgsql;

namespace RotationMesh.Postgres.Pooling;

/// <summary>
/// Connections to one database with the same settings, counted among those of its server. The driver does not tell how many
/// it keeps open: they are as many as were ever lent at once since it closed the idle ones, or fewer.
/// </summary>
internal sealed class ConnectionPool : IAsyncDisposable
{
    private readonly ServerConnections server;
    private readonly NpgsqlDataSource source;
    private readonly bool keeps;
    private int lent;
    private int closing; // of those that are lent: the driver closes them when they come back

    public ConnectionPool(ServerConnections server, NpgsqlDataSource source, bool keeps)
    {
        (this.server, this.source, this.keeps) = (server, source, keeps);
        server.Add(this);
    }

    /// <summary>Connections that are open, at most.</summary>
    public int Open { get; private set; }

    /// <summary>Whether one of them is not lent.</summary>
    public bool HasIdle => lent < Open;

    /// <summary>When one was lent last.</summary>
    public long Used { get; private set; }

    /// <summary>The driver's own, which is not counted.</summary>
    public NpgsqlDataSource Source => source;

    /// <summary>The server's.</summary>
    public ServerConnections Server => server;

    /// <summary>
    /// Lends one until it is closed. One that the pool does not keep does not wait: it is for what looks after the others.
    /// Throws <see cref="NpgsqlException"/>.
    /// </summary>
    public async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        if (keeps)
            await server.EnterAsync(this, cancellationToken);
        else
            server.Enter(this);
        NpgsqlConnection connection;
        try
        {
            connection = await source.OpenConnectionAsync(cancellationToken);
        }
        catch
        {
            server.Leave(this);
            throw;
        }

        // Also where it breaks, and where its user opens it again.
        connection.StateChange += (_, change) =>
        {
            if (change.CurrentState == ConnectionState.Open)
                server.Enter(this);
            else
                server.Leave(this);
        };
        try
        {
            await server.AskAsync(connection, cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Closes those that are not lent, and the others when they come back.</summary>
    public void Clear()
    {
        source.Clear();
        (Open, closing) = (lent, lent);
    }

    /// <summary>Counts one more that is lent.</summary>
    public void Lend()
    {
        lent++;
        Open = Math.Max(Open, lent);
        Used = Stopwatch.GetTimestamp();
    }

    /// <summary>Counts one that came back.</summary>
    public void TakeBack()
    {
        lent--;
        if (keeps && closing == 0)
            return;
        Open--;
        closing = Math.Max(closing - 1, 0);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => source.DisposeAsync();
}
