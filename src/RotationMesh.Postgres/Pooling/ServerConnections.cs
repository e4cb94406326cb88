using System.Diagnostics;
using Npgsql;

namespace RotationMesh.Postgres.Pooling;

/// <summary>
/// Limits the connections of this process to one server, over the pools of all its databases. The limit is the user's, or
/// else a quarter of the server's free connections, but no less than the process needs; the rest is for the application. At
/// the limit, the least recently used pool with idle connections closes them. If there are none, the caller waits in a queue.
/// </summary>
/// <param name="most">Limit that the user sets; null if the user sets none.</param>
internal sealed class ServerConnections(int? most)
{
    /// <summary>Least limit, however full the server is: enough to plan, count and coordinate side by side.</summary>
    public const int Fewest = 12;

    /// <summary>Divisor of the server's free connections: this process takes a quarter.</summary>
    private const int Part = 4;

    /// <summary>Time after which the server is asked again for its number of free connections.</summary>
    private static readonly TimeSpan Lasting = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Longest wait in the queue. A holder of a connection may wait for a second one; one connection too many is better than
    /// holders that all wait for each other.
    /// </summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    // Free connections of the server, then of the role: -1 if the role has no limit, as for a superuser.
    private const string AskFree = """
        SELECT pg_catalog.current_setting('max_connections')::pg_catalog.int4
               OPERATOR(pg_catalog.-) pg_catalog.current_setting('superuser_reserved_connections')::pg_catalog.int4
               OPERATOR(pg_catalog.-) coalesce(pg_catalog.current_setting('reserved_connections', true), '0')::pg_catalog.int4
               OPERATOR(pg_catalog.-) used.in_all,
               CASE WHEN r.rolsuper OR r.rolconnlimit OPERATOR(pg_catalog.<) 0 THEN -1
                    ELSE greatest(r.rolconnlimit OPERATOR(pg_catalog.-) used.by_role, 0) END
        FROM pg_catalog.pg_roles r, LATERAL (
            SELECT pg_catalog.count(*)::pg_catalog.int4 AS in_all,
                   (pg_catalog.count(*) FILTER (WHERE a.usesysid OPERATOR(pg_catalog.=) r.oid))::pg_catalog.int4 AS by_role
            FROM pg_catalog.pg_stat_activity a WHERE a.usesysid IS NOT NULL
        ) AS used
        WHERE r.rolname OPERATOR(pg_catalog.=) session_user
        """;

    private readonly Lock gate = new();
    private readonly List<ConnectionPool> pools = [];
    private readonly LinkedList<Waiter> queue = [];
    private int open; // in all pools together
    private int needed = Fewest;
    private int part;
    private long asked;

    /// <summary>Limit that the user sets; null if the user sets none.</summary>
    public int? Allowed => most;

    private int Most => most ?? Math.Max(needed, part);

    /// <summary>Adds a pool.</summary>
    public void Add(ConnectionPool pool)
    {
        lock (gate)
            pools.Add(pool);
    }

    /// <summary>
    /// Raises the limit to at least this number of connections, however few are free, unless the user sets a limit.
    /// </summary>
    public void Need(int connections)
    {
        lock (gate)
            needed = Math.Max(needed, connections);
    }

    /// <summary>
    /// Waits until the pool may lend one more connection, and counts the connection; after the longest wait, counts it
    /// nevertheless. A call of <see cref="Leave"/> must follow.
    /// </summary>
    public async Task EnterAsync(ConnectionPool pool, CancellationToken cancellationToken)
    {
        LinkedListNode<Waiter> place;
        lock (gate)
        {
            if (queue.Count == 0 && TryEnter(pool))
                return;
            place = queue.AddLast(new Waiter(pool));
        }

        try
        {
            await place.Value.Turn.Task.WaitAsync(Timeout, cancellationToken);
        }
        catch (Exception end) when (end is TimeoutException or OperationCanceledException)
        {
            lock (gate)
            {
                var isWaiting = place.List is not null;
                if (isWaiting)
                    queue.Remove(place);
                if (isWaiting && end is TimeoutException)
                    Lend(pool);
            }

            if (end is TimeoutException)
                return;
            if (place.Value.Turn.Task.IsCompleted)
                Leave(pool); // the turn came at the moment of the cancellation
            throw;
        }
    }

    /// <summary>Counts one more lent connection, even beyond the limit: for callers that must not wait for others.</summary>
    public void Enter(ConnectionPool pool)
    {
        lock (gate)
            Lend(pool);
    }

    /// <summary>
    /// Counts a connection that came back, or that <paramref name="isGone"/>: it broke or could not be opened.
    /// </summary>
    public void Leave(ConnectionPool pool, bool isGone = false)
    {
        lock (gate)
        {
            open += pool.TakeBack(isGone);
            // Loans without a wait, or after the longest wait, may exceed the limit: close idle ones.
            while (open > Most && LeastUsed() is { } idle)
                open += idle.Clear();
            while (queue.First is { } first && TryEnter(first.Value.Pool))
            {
                queue.RemoveFirst();
                first.Value.Turn.SetResult();
            }
        }
    }

    /// <summary>Closes the idle connections of a pool.</summary>
    public void Clear(ConnectionPool pool)
    {
        lock (gate)
            open += pool.Clear();
    }

    /// <summary>Closes all idle connections: the server, or the limit of the role, allows no further one.</summary>
    public void Clear()
    {
        lock (gate)
            foreach (var pool in pools.Where(one => one.HasIdle))
                open += pool.Clear();
    }

    /// <summary>
    /// Asks the server over <paramref name="connection"/> how many connections are free, unless it was asked lately or the
    /// user sets a limit.
    /// </summary>
    public async Task AskAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (most is not null || (asked != 0 && Stopwatch.GetElapsedTime(asked) < Lasting))
                return;
            asked = Stopwatch.GetTimestamp();
        }

        await using var command = new NpgsqlCommand(AskFree, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
            return;
        var (free, ofRole) = (reader.GetInt32(0), reader.GetInt32(1));
        lock (gate)
        {
            // Our lent connections are added to the free ones. Idle ones are not: they may be closed at any time.
            var own = pools.Sum(pool => pool.Lent);
            part = (free + own) / Part;
            if (ofRole >= 0)
                part = Math.Min(part, ofRole + own);
        }
    }

    // Callers of the methods below hold the gate.
    private bool TryEnter(ConnectionPool pool)
    {
        if (!pool.HasIdle && open >= Most)
        {
            if (LeastUsed() is not { } idle)
                return false;
            open += idle.Clear();
        }

        Lend(pool);
        return true;
    }

    private ConnectionPool? LeastUsed() => pools.Where(one => one.HasIdle).MinBy(one => one.Used);

    private void Lend(ConnectionPool pool) => open += pool.Lend();

    private sealed record Waiter(ConnectionPool Pool)
    {
        public TaskCompletionSource Turn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
