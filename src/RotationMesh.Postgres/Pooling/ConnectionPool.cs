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
    private int closing; // of those that are lent: the driver closes them when they come back

    public ConnectionPool(ServerConnections server, NpgsqlDataSource source, bool keeps)
    {
        (this.server, this.source, this.keeps) = (server, source, keeps);
        server.Add(this);
    }

    /// <summary>Connections that somebody works with.</summary>
    public int Lent { get; private set; }

    /// <summary>Connections that are open, at most.</summary>
    public int Open { get; private set; }

    /// <summary>Whether one of them is not lent.</summary>
    public bool HasIdle => Lent < Open;

    /// <summary>When one was lent last.</summary>
    public long Used { get; private set; }

    /// <summary>The driver's own, which is not counted.</summary>
    public NpgsqlDataSource Source => source;

    /// <summary>The server's.</summary>
    public ServerConnections Server => server;

    /// <summary>
    /// Lends one until it is closed. It <paramref name="waits"/> for one that is free, unless the pool keeps none: such are
    /// for what looks after the others. Throws <see cref="NpgsqlException"/>.
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

        // Also where it breaks, and where its user opens it again.
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

    /// <summary>Closes those that are not lent, and the others when they come back; how the number of open ones changes.</summary>
    public int Clear()
    {
        source.Clear();
        var change = Lent - Open;
        (Open, closing) = (Lent, Lent);
        return change;
    }

    /// <summary>Counts one more that is lent; how the number of open ones changes.</summary>
    public int Lend()
    {
        Lent++;
        Used = Stopwatch.GetTimestamp();
        if (Lent <= Open)
            return 0;
        Open = Lent;
        return 1;
    }

    /// <summary>Counts one that came back, or <paramref name="isGone"/>; how the number of open ones changes.</summary>
    public int TakeBack(bool isGone)
    {
        Lent--;
        if (keeps && closing == 0 && !isGone)
            return 0;
        Open--;
        closing = Math.Max(closing - 1, 0);
        return -1;
    }

    // A limit of the server, the role or the database may count connections that this process only keeps for later.
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
