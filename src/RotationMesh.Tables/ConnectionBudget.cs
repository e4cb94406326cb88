using System.Diagnostics;
using Dapper;
using Npgsql;
using RotationMesh.Core;
using RotationMesh.Core.Map;
using RotationMesh.Postgres;
using RotationMesh.Postgres.Pooling;

namespace RotationMesh.Tables;

/// <summary>
/// Checks whether a database, or the pooler in front of it, lets a role open the connections that a rotation needs: two for
/// each worker (one to read, one to write), one for planning and counting, one for the lock of the target version and, where
/// the control schema is in the same database, those of the coordination.
/// </summary>
public sealed class ConnectionBudget(ApplicationDatabases databases, NpgsqlDataSource control)
{
    private const int OfWorker = 2;
    private const int OfPlanner = 2;
    private const int OfControl = PoolerCheck.Least - OfWorker - OfPlanner;

    /// <summary>Time between two checks for connections that others use.</summary>
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(1);

    /// <summary>When a database takes this long to answer, the remaining ones are not asked.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    // For superusers only the server's own limit applies.
    private const string FindLimits = """
        SELECT r.rolname AS Role, d.datname AS Database, CASE WHEN r.rolsuper THEN -1 ELSE r.rolconnlimit END AS OfRole,
               CASE WHEN r.rolsuper THEN -1 ELSE d.datconnlimit END AS OfDatabase,
               pg_catalog.current_setting('max_connections')::int
                 OPERATOR(pg_catalog.-) pg_catalog.current_setting('superuser_reserved_connections')::int AS OfServer,
               used.by_role AS UsedByRole, used.in_database AS UsedInDatabase, used.in_all AS UsedInAll
        FROM pg_catalog.pg_roles r, pg_catalog.pg_database d, LATERAL (
            SELECT (pg_catalog.count(*) FILTER (WHERE a.usesysid OPERATOR(pg_catalog.=) r.oid))::int AS by_role,
                   (pg_catalog.count(*) FILTER (WHERE a.datid OPERATOR(pg_catalog.=) d.oid))::int AS in_database,
                   pg_catalog.count(*)::int AS in_all
            FROM pg_catalog.pg_stat_activity a
            WHERE a.usesysid IS NOT NULL
              AND NOT (@apart AND a.usesysid OPERATOR(pg_catalog.=) r.oid AND a.pid OPERATOR(pg_catalog.<>) pg_catalog.pg_backend_pid()
                       AND a.application_name OPERATOR(pg_catalog.=) pg_catalog.current_setting('application_name'))
        ) AS used
        WHERE r.rolname OPERATOR(pg_catalog.=) session_user AND d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()
        """;

    /// <summary>
    /// Returns the limit that is too low for the workers (0: a coordinator's), and how to raise it; null where there is room.
    /// Throws <see cref="NpgsqlException"/> where the database can't be reached.
    /// </summary>
    public async Task<string?> FindFaultAsync(
        string database,
        int workers,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await databases.OpenReadingAsync(database, cancellationToken);
        var limits = await ReadAsync(connection, apart: false, cancellationToken);
        var others = OfOthers(database);
        var needed = Math.Max(workers * OfWorker, OfPlanner) + others;
        var limit =
            Allowed(database, needed)
            ?? limits?.Narrowest(needed)
            ?? (
                await PoolerCheck.IsBehindPoolerAsync(connection)
                    ? await FindPoolLimitAsync(database, needed, cancellationToken)
                    : null
            );
        if (limit is null)
        {
            databases.Need(database, needed);
            return null;
        }

        var fewer = (limit.Connections - others) / OfWorker;
        var instead = fewer > 0 && fewer < workers ? $", or choose --workers {fewer}" : "";
        return $"database {database}: {limit.Owner} allows {limit.Connections} connections, and {Needs(workers, needed)}; "
            + $"{limit.Raise}{instead}";
    }

    /// <summary>
    /// Waits until each of the databases has enough free connections for the workers, where others use them now. Calls
    /// <paramref name="waiting"/> with the reason, and with null at the end. A limit that is too low, and a database that does not
    /// answer, are left to the next check. Throws <see cref="UsageException"/> where a pooler lends no session of its own.
    /// </summary>
    public async Task WaitAsync(
        IEnumerable<string> names,
        int workers,
        Action<string?> waiting,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(names);
        ArgumentNullException.ThrowIfNull(waiting);
        foreach (var name in names.Distinct())
        {
            var asked = Stopwatch.GetTimestamp();
            while (await FindCrowdAsync(name, workers, isBegun: false, cancellationToken) is { } crowd)
            {
                waiting(crowd);
                await Task.Delay(AskAgain, cancellationToken);
                asked = Stopwatch.GetTimestamp();
            }

            if (Stopwatch.GetElapsedTime(asked) >= Timeout)
                break; // others of its server won't answer either; the next check reports it
        }

        waiting(null);
    }

    /// <summary>
    /// Returns why the workers would have to wait for connections that others use; null where enough are free, or where that is
    /// unknown. A process that <paramref name="isBegun"/> keeps its connections: no session of its role and application name counts
    /// as others' then. Throws <see cref="UsageException"/> where a pooler lends no session of its own.
    /// </summary>
    public async Task<string?> FindCrowdAsync(
        string database,
        int workers,
        bool isBegun,
        CancellationToken cancellationToken
    )
    {
        var needed = Math.Max(workers * OfWorker, OfPlanner) + OfOthers(database);
        if (!isBegun)
        {
            control.Clear(); // this process' idle connections would count as others'
            databases.Clear(database);
        }

        try
        {
            // Without a timeout: behind a pooler, an abandoned check would keep its sessions for a time.
            await using var connection = await databases.OpenReadingAsync(database, cancellationToken);
            return (await ReadAsync(connection, isBegun, cancellationToken))?.Fullest(needed) is { } full
                ? $"database {database}: {full.Owner} allows {full.Connections} connections, others use {full.Used} of them, and "
                    + $"{Needs(workers, needed)}: {Reasons.ConnectionsInUse}"
                : null;
        }
        catch (ApplicationDatabaseException fault)
            when (fault.InnerException
                    is PostgresException { SqlState: PostgresErrorCodes.TooManyConnections }
            )
        {
            return $"database {database}: no connection is free for the role, and {Needs(workers, needed)}: {Reasons.ConnectionsInUse}";
        }
        catch (NpgsqlException)
        {
            return null;
        }
        finally
        {
            if (!isBegun)
                databases.Clear(database);
        }
    }

    private static string Needs(int workers, int needed) =>
        workers == 0 ? $"a coordinator needs {needed}" : $"{workers} workers need {needed}";

    /// <summary>Returns how many connections the workers need, together with planning and counting.</summary>
    internal static int Needed(int workers) => workers * OfWorker + OfPlanner;

    /// <summary>
    /// Throws <see cref="UsageException"/> where a connection string's Maximum Pool Size is too small for a service with
    /// that many workers, or for a coordinator (null).
    /// </summary>
    public static void EnsureAllowed(RotationMap map, int? workers)
    {
        ArgumentNullException.ThrowIfNull(map);
        var needed = workers is { } many ? Needed(many) : OfPlanner * 2; // with fewer, a coordinator waits for itself
        var all = map.Databases.Select(entry => MapConnection.Checked(entry, map.Path)).ToList();
        foreach (var address in all.Select(ServerAddress.Of).Distinct())
            if (ServerAddress.Allowed(all, address) is { } most && most < needed)
                throw new UsageException(
                    $"server {address}: the connection strings allow {most} connections, and "
                        + $"{(workers is null ? "a coordinator needs" : $"{workers} partitions at a time need")} {needed}: raise "
                        + $"their Maximum Pool Size to {needed}{(workers > 1 ? ", or choose a lower --concurrency" : "")}"
                );
    }

    // The limit of the user's own connection strings for this process on the server.
    private ConnectionLimit? Allowed(string database, int needed) =>
        databases.Allowed(database) is { } most && most < needed
            ? new ConnectionLimit("the connection string", most, $"raise its Maximum Pool Size to {needed}")
            : null;

    private int OfOthers(string database) => OfPlanner + (databases.HasControl(database) ? OfControl : 0);

    private static Task<ConnectionLimits?> ReadAsync(
        NpgsqlConnection connection,
        bool apart,
        CancellationToken cancellationToken
    ) =>
        connection.QuerySingleOrDefaultAsync<ConnectionLimits>(
            new CommandDefinition(FindLimits, new { apart }, cancellationToken: cancellationToken)
        );

    // A pooler does not say how many sessions it lends, so this opens as many as a rotation would.
    private async Task<ConnectionLimit?> FindPoolLimitAsync(
        string database,
        int needed,
        CancellationToken cancellationToken
    )
    {
        // This process' idle connections would hold sessions of the pooler.
        control.Clear();
        databases.Clear(database);
        var asked = await Task.WhenAll(
            Enumerable.Range(1, needed - 1).Select(_ => TryOpenAsync(database, cancellationToken))
        );
        var lent = 1; // the caller's own
        foreach (var connection in asked.OfType<NpgsqlConnection>())
        {
            await connection.DisposeAsync();
            lent++;
        }

        return lent < needed
            ? new ConnectionLimit(
                "the pooler",
                lent,
                $"raise its pool size to {needed} (pgbouncer: default_pool_size, or pool_size of the database)"
            )
            : null;
    }

    private async Task<NpgsqlConnection?> TryOpenAsync(string database, CancellationToken cancellationToken)
    {
        try
        {
            return await databases.OpenApartAsync(database, cancellationToken);
        }
        catch (NpgsqlException)
        {
            return null;
        }
    }

    /// <summary>Throws <see cref="UsageException"/> for the first database that has too few connections.</summary>
    public async Task EnsureAsync(IEnumerable<string> names, int workers, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(names);
        foreach (var name in names.Distinct())
        {
            if (await FindFaultAsync(name, workers, cancellationToken) is { } fault)
                throw new UsageException(fault);
        }
    }
}
