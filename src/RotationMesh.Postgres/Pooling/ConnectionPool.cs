using System.Data;
using System.Diagnostics;
using Npgsql;

namespace RotationMesh.Postgres.Pooling;

/// <summary>
/// Connections to one database with the same settings, counted with the others of its server. The driver does not tell how
/// many it keeps open: at most the largest number lent at once since it last closed the idle ones.
/// </summary>
internal sealed class ConnectionPool : IAsyncDisposable
{
    private readonly ServerConnections server;
    private readonly NpgsqlDataSource source;
    private readonly bool keeps;
    private int closing; // lent connections that the driver closes when they come back

    public ConnectionPool(ServerConnections server, NpgsqlDataSource source, bool keeps)
    {
        (this.server, this.source, this.keeps) = (server, source, keeps);
        server.Add(this);
    }

    /// <summary>Number of connections in use.</summary>
    public int Lent { get; private set; }

    /// <summary>Upper bound of the number of open connections.</summary>
    public int Open { get; private set; }

    /// <summary>Whether the pool has an idle connection, that is, an open one that is not lent.</summary>
    public bool HasIdle => Lent < Open;

    /// <summary>Timestamp of the latest loan.</summary>
    public long Used { get; private set; }

    /// <summary>Data source of the driver; connections that are opened from it directly are not counted.</summary>
    public NpgsqlDataSource Source => source;

    /// <summary>Connections of the pool's server.</summary>
    public ServerConnections Server => server;

    /// <summary>
    /// Opens a connection, which counts as lent until it is closed. It <paramref name="waits"/> for a free one, unless the
    /// pool keeps none: the connections of such a pool look after the others. Throws <see cref="NpgsqlException"/>.
    /// </summary>
    public async Task<NpgsqlConnection> OpenAsync(bool waits, CancellationToken cancellationToken)
    {
        if (keeps && waits)
            await server.EnterAsync(this, cancellationToken);
        else
            server.Enter(this);
        NpgsqlConnection connection;
        try
        {
            connection = await OpenOrMakeRoomAsync(cancellationToken);
        }
        catch
        {
            server.Leave(this, isGone: true);
            throw;
        }

        // Also counts a connection that breaks, and one that its user opens again.
        connection.StateChange += (_, change) =>
        {
            if (change.CurrentState == ConnectionState.Open)
                server.Enter(this);
            else
                server.Leave(this, isGone: connection.FullState == ConnectionState.Broken);
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

    /// <summary>
    /// Closes the idle connections, and the lent ones when they come back. Returns the change of the number of open ones.
    /// </summary>
    public int Clear()
    {
        source.Clear();
        var change = Lent - Open;
        (Open, closing) = (Lent, Lent);
        return change;
    }

    /// <summary>Counts one more lent connection. Returns the change of the number of open ones.</summary>
    public int Lend()
    {
        Lent++;
        Used = Stopwatch.GetTimestamp();
        if (Lent <= Open)
            return 0;
        Open = Lent;
        return 1;
    }

    /// <summary>
    /// Counts a connection that came back, or that <paramref name="isGone"/>. Returns the change of the number of open ones.
    /// </summary>
    public int TakeBack(bool isGone)
    {
        Lent--;
        if (keeps && closing == 0 && !isGone)
            return 0;
        Open--;
        closing = Math.Max(closing - 1, 0);
        return -1;
    }

    // The limit of the server, the role or the database also counts the idle connections of this process.
    private async Task<NpgsqlConnection> OpenOrMakeRoomAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await source.OpenConnectionAsync(cancellationToken);
        }
        catch (PostgresException fault) when (fault.SqlState == PostgresErrorCodes.TooManyConnections)
        {
            server.Clear();
            return await source.OpenConnectionAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => source.DisposeAsync();
}
