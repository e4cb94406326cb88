using System.Diagnostics;
using Npgsql;
using RotationMesh.Core;

namespace RotationMesh.Postgres.Pooling;

/// <summary>
/// The connections of this process to one server, by the pools of all its databases together: at most a quarter of those that
/// the server has free, so that the application has the others. Where all are in use, a database that was not asked for
/// longest gives its idle ones up.
/// </summary>
/// <param name="name">The server, for people.</param>
/// <param name="most">How many the user allows; null where nobody said.</param>
internal sealed class ServerConnections(string name, int? most)
{
    /// <summary>Least number that is not waited for, however full the server is.</summary>
    private const int Fewest = 12;

    /// <summary>Part of the server's free connections that is taken.</summary>
    private const int Part = 4;

    /// <summary>Time after which the server is asked again how many are free.</summary>
    private static readonly TimeSpan Lasting = TimeSpan.FromMinutes(1);

    /// <summary>Longest wait for one that this process uses itself.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private const string AskFree = """
        SELECT pg_catalog.current_setting('max_connections')::pg_catalog.int4
               OPERATOR(pg_catalog.-) pg_catalog.current_setting('superuser_reserved_connections')::pg_catalog.int4
               OPERATOR(pg_catalog.-) coalesce(pg_catalog.current_setting('reserved_connections', true), '0')::pg_catalog.int4
               OPERATOR(pg_catalog.-) (SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_activity
                                       WHERE usesysid IS NOT NULL)::pg_catalog.int4
        """;

    private readonly Lock gate = new();
    private readonly List<ConnectionPool> pools = [];
    private TaskCompletionSource released = New();
    private int needed = Fewest;
    private int? free;
    private long asked;

    /// <summary>How many the user allows; null where nobody said.</summary>
    public int? Allowed => most;

    private int Most => most ?? Math.Max(needed, (free ?? 0) / Part);

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
    /// Waits until one more may be lent by the pool; to be followed by <see cref="Leave"/>. Throws
    /// <see cref="NpgsqlException"/> where none comes free in time.
    /// </summary>
    public async Task EnterAsync(ConnectionPool pool, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            Task turn;
            lock (gate)
            {
                if (TryEnter(pool))
                    return;
                turn = released.Task;
            }

            var left = Patience - Stopwatch.GetElapsedTime(started);
            if (left <= TimeSpan.Zero)
                throw new NpgsqlException(
                    $"none of the {Most} {Reasons.NoConnectionFree} {name} came free within {Patience.TotalSeconds:0} s: choose "
                        + "fewer workers, or allow more by Maximum Pool Size in the connection string"
                );
            await Task.WhenAny(turn, Task.Delay(left, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>One more is lent, whether there is room or not: for what must not wait for others.</summary>
    public void Enter(ConnectionPool pool)
    {
        lock (gate)
            pool.Lend();
    }

    /// <summary>One came back.</summary>
    public void Leave(ConnectionPool pool)
    {
        lock (gate)
        {
            pool.TakeBack();
            released.SetResult();
            released = New();
        }
    }

    /// <summary>Closes those of a pool that are not lent.</summary>
    public void Clear(ConnectionPool pool)
    {
        lock (gate)
            pool.Clear();
    }

    /// <summary>Asks the server, over a connection to it, how many are free, where that was not asked lately.</summary>
    public async Task AskAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (most is not null || (free is not null && Stopwatch.GetElapsedTime(asked) < Lasting))
                return;
            (free, asked) = (free ?? 0, Stopwatch.GetTimestamp());
        }

        await using var command = new NpgsqlCommand(AskFree, connection);
        var others = (int)(await command.ExecuteScalarAsync(cancellationToken))!;
        lock (gate)
            free = others + pools.Sum(pool => pool.Open); // our own are as good as free
    }

    // All under the gate.
    private bool TryEnter(ConnectionPool pool)
    {
        if (pool.HasIdle || pools.Sum(one => one.Open) < Most)
        {
            pool.Lend();
            return true;
        }

        if (pools.Where(one => one.HasIdle).MinBy(one => one.Used) is not { } idle)
            return false;
        idle.Clear();
        pool.Lend();
        return true;
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
