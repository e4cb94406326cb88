using System.Diagnostics;
using Npgsql;

namespace RotationMesh.Postgres.Pooling;

/// <summary>
/// The connections of this process to one server, by the pools of all its databases together: at most a quarter of those that
/// the server has free, so that the application has the others. Where all are in use, a database that was not asked for
/// longest gives its idle ones up; who finds none waits in a queue.
/// </summary>
/// <param name="most">How many the user allows; null where nobody said.</param>
internal sealed class ServerConnections(int? most)
{
    /// <summary>Least number, however full the server is: planning, counting and coordinating side by side.</summary>
    public const int Fewest = 12;

    /// <summary>Part of the server's free connections that is taken.</summary>
    private const int Part = 4;

    /// <summary>Time after which the server is asked again how many are free.</summary>
    private static readonly TimeSpan Lasting = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Longest wait in the queue. Who holds a connection may be waiting for a second one: rather one too many than all of
    /// them waiting for each other.
    /// </summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    // Superusers are bound by the server's own limit alone. Below zero: no limit.
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
    private int open; // of all pools
    private int needed = Fewest;
    private int part;
    private long asked;

    /// <summary>How many the user allows; null where nobody said.</summary>
    public int? Allowed => most;

    private int Most => most ?? Math.Max(needed, part);

    /// <summary>Takes a pool in.</summary>
    public void Add(ConnectionPool pool)
    {
        lock (gate)
            pools.Add(pool);
    }

    /// <summary>So many are needed at once, whatever part of the free ones that is.</summary>
    public void Need(int connections)
    {
        lock (gate)
            needed = Math.Max(needed, connections);
    }

    /// <summary>
    /// Waits until one more may be lent by the pool, or has waited for too long; to be followed by <see cref="Leave"/>.
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
                Leave(pool); // its turn came at the same moment
            throw;
        }
    }

    /// <summary>One more is lent, whether there is room or not: for what must not wait for others.</summary>
    public void Enter(ConnectionPool pool)
    {
        lock (gate)
            Lend(pool);
    }

    /// <summary>One came back, or <paramref name="isGone"/>: it broke, or could not be opened.</summary>
    public void Leave(ConnectionPool pool, bool isGone = false)
    {
        lock (gate)
        {
            open += pool.TakeBack(isGone);
            // Those that did not wait are not kept.
            while (open > Most && LeastUsed() is { } idle)
                open += idle.Clear();
            while (queue.First is { } first && TryEnter(first.Value.Pool))
            {
                queue.RemoveFirst();
                first.Value.Turn.SetResult();
            }
        }
    }

    /// <summary>Closes those of a pool that are not lent.</summary>
    public void Clear(ConnectionPool pool)
    {
        lock (gate)
            open += pool.Clear();
    }

    /// <summary>Closes all that are not lent: the server, or the role's limit, has no room for one more.</summary>
    public void Clear()
    {
        lock (gate)
            foreach (var pool in pools.Where(one => one.HasIdle))
                open += pool.Clear();
    }

    /// <summary>Asks the server, over a connection to it, how many are free, where that was not asked lately.</summary>
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
            // Those at work are our own, and as good as free; those that are kept may be closed at any time.
            var own = pools.Sum(pool => pool.Lent);
            part = (free + own) / Part;
            if (ofRole >= 0)
                part = Math.Min(part, ofRole + own);
        }
    }

    // All under the gate.
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
