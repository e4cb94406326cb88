using System.Diagnostics;
using Dapper;
using Npgsql;
using RotationMesh.Core;
using RotationMesh.Core.Map;
using RotationMesh.Postgres;
using RotationMesh.Postgres.Pooling;

namespace RotationMesh.Tables;

/// <summary>
/// Whether a database, or the pooler before it, lets a role open the connections that a rotation needs: two for each worker,
/// which reads over one and writes over the other, one for planning and counting, one for the server that holds the target version and,
/// where the control schema is there as well, those of the coordination.
/// </summary>
public sealed class ConnectionBudget(ApplicationDatabases databases, NpgsqlDataSource control)
{
    private const int OfWorker = 2;
    private const int OfPlanner = 2;
    private const int OfControl = PoolerCheck.Least - OfWorker - OfPlanner;

    /// <summary>Time between two looks at connections that others use.</summary>
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(1);

    /// <summary>Time without an answer after which the other databases are not asked.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    // Superusers are bound by the server's own limit alone.
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
    /// The limit that so many workers would run into, and how to raise it, in one line; null where there is room. Throws
    /// <see cref="NpgsqlException"/> where the database can't be reached.
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
        var needed = workers * OfWorker + others;
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
        return $"database {database}: {limit.Owner} allows {limit.Connections} connections, and {workers} workers need {needed}; "
            + $"{limit.Raise}{instead}";
    }

    /// <summary>
    /// Waits until the connections that so many workers need are free in each of the databases, where others use them now
    /// but the limits would allow them; <paramref name="waiting"/> hears why, and null in the end. A limit that is too low,
    /// and a database that does not answer, are for whoever looks next. Throws <see cref="UsageException"/> where a pooler
    /// lends no session of its own.
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
                break; // nor will the others of its server answer, and whoever looks next tells it
        }

        waiting(null);
    }

    /// <summary>
    /// Why so many workers would have to wait for connections, in one line: others use what the limits would allow. Null where
    /// there are enough, and where it can't be told. A process that <paramref name="isBegun"/> keeps its own connections, which
    /// are none of others. Throws <see cref="UsageException"/> where a pooler lends no session of its
    /// own.
    /// </summary>
    public async Task<string?> FindCrowdAsync(
        string database,
        int workers,
        bool isBegun,
        CancellationToken cancellationToken
    )
    {
        var needed = workers * OfWorker + OfOthers(database);
        if (!isBegun)
        {
            // What this process keeps for later is not used by others.
            control.Clear();
            databases.Clear(database);
        }

        try
        {
            // Not left early: behind a pooler what was begun would keep its sessions for a time.
            await using var connection = await databases.OpenReadingAsync(database, cancellationToken);
            return (await ReadAsync(connection, isBegun, cancellationToken))?.Fullest(needed) is { } full
                ? $"database {database}: {full.Owner} allows {full.Connections} connections, others use {full.Used} of them, and "
                    + $"{workers} workers need {needed}: {Reasons.ConnectionsInUse}"
                : null;
        }
        catch (ApplicationDatabaseException fault)
            when (fault.InnerException
                    is PostgresException { SqlState: PostgresErrorCodes.TooManyConnections }
            )
        {
            return $"database {database}: no connection is free for the role, and {workers} workers need {needed}: {Reasons.ConnectionsInUse}";
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

    /// <summary>Connections that so many workers need, and what goes on beside them.</summary>
    internal static int Needed(int workers) => workers * OfWorker + OfPlanner;

    /// <summary>
    /// Throws <see cref="UsageException"/> where a connection string's Maximum Pool Size is too small for a service with so
    /// many workers, or for a coordinator (null).
    /// </summary>
    public static void EnsureAllowed(RotationMap map, int? workers)
    {
        ArgumentNullException.ThrowIfNull(map);
        var needed = workers is { } many ? Needed(many) : OfPlanner * 2; // with fewer a coordinator waits for itself
        var all = map.Databases.Select(entry => MapConnection.Checked(entry, map.Path)).ToList();
        foreach (var address in all.Select(ServerAddress.Of).Distinct())
            if (ServerAddress.Allowed(all, address) is { } most && most < needed)
                throw new UsageException(
                    $"server {address}: the connection strings allow {most} connections, and "
                        + $"{(workers is null ? "a coordinator needs" : $"{workers} partitions at a time need")} {needed}: raise "
                        + $"their Maximum Pool Size to {needed}{(workers > 1 ? ", or choose a lower --concurrency" : "")}"
                );
    }

    // What the user's own connection strings allow this process on the server.
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

    // Nobody tells what a pooler lends: as many are asked for as a rotation would.
    private async Task<ConnectionLimit?> FindPoolLimitAsync(
        string database,
        int needed,
        CancellationToken cancellationToken
    )
    {
        // What this process keeps for later would be missing.
        control.Clear();
        databases.Clear(database);
        var asked = await Task.WhenAll(
            Enumerable.Range(1, needed - 1).Select(_ => TryOpenAsync(database, cancellationToken))
        );
        var lent = 1; // by which it was found out
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

    /// <summary>Throws <see cref="UsageException"/> for the first of the databases that has no room.</summary>
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
