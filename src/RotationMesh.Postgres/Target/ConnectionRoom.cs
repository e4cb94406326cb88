using Dapper;
using Npgsql;
using RotationMesh.Core;
using RotationMesh.Postgres.Control;
using RotationMesh.Postgres.Pooling;

namespace RotationMesh.Postgres.Target;

/// <summary>
/// Whether a database, or the pooler before it, lets a role open the connections that a rotation needs: two for each worker,
/// which reads over one and writes over the other, one for planning and counting, one that holds the target version and,
/// where the control schema is there as well, those of the coordination.
/// </summary>
public sealed class ConnectionRoom(TargetDatabases databases, ControlDatabase control)
{
    private const int OfWorker = 2;
    private const int OfPlanner = 2;
    private const int OfControl = PoolerCheck.Least - OfWorker - OfPlanner;

    // Superusers are bound by the server's own limit alone.
    private const string FindLimits = """
        SELECT r.rolname AS Role, d.datname AS Database, CASE WHEN r.rolsuper THEN -1 ELSE r.rolconnlimit END AS OfRole,
               CASE WHEN r.rolsuper THEN -1 ELSE d.datconnlimit END AS OfDatabase,
               pg_catalog.current_setting('max_connections')::int
                 OPERATOR(pg_catalog.-) pg_catalog.current_setting('superuser_reserved_connections')::int AS OfServer
        FROM pg_catalog.pg_roles r, pg_catalog.pg_database d
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
        var limits = await connection.QuerySingleOrDefaultAsync<Limits>(
            new CommandDefinition(FindLimits, cancellationToken: cancellationToken)
        );
        var others = OfPlanner + (databases.HasControl(database) ? OfControl : 0);
        var needed = workers * OfWorker + others;
        var limit =
            limits?.Narrowest(needed)
            ?? (
                await PoolerCheck.IsBehindPoolerAsync(connection)
                    ? await FindPoolLimitAsync(database, needed, cancellationToken)
                    : null
            );
        if (limit is null)
            return null;
        var fewer = (limit.Connections - others) / OfWorker;
        var instead = fewer > 0 && fewer < workers ? $", or choose --workers {fewer}" : "";
        return $"database {database}: {limit.Owner} allows {limit.Connections} connections, and {workers} workers need {needed}; "
            + $"{limit.Raise}{instead}";
    }

    // Nobody tells what a pooler lends: as many are asked for as a rotation would.
    private async Task<Limit?> FindPoolLimitAsync(
        string database,
        int needed,
        CancellationToken cancellationToken
    )
    {
        // What this process keeps for later would be missing.
        control.Source.Clear();
        databases.Reader(database).Clear();
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
            ? new Limit(
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

    private sealed record Limits
    {
        public string Role { get; init; } = "";
        public string Database { get; init; } = "";
        public int OfRole { get; init; }
        public int OfDatabase { get; init; }
        public int OfServer { get; init; }

        public Limit? Narrowest(int needed) =>
            new[]
            {
                new Limit($"role {Role}", OfRole, $"ALTER ROLE \"{Role}\" CONNECTION LIMIT {needed}"),
                new Limit(
                    $"database {Database}",
                    OfDatabase,
                    $"ALTER DATABASE \"{Database}\" CONNECTION LIMIT {needed}"
                ),
                new Limit("the server", OfServer, "raise its max_connections"),
            }
                .Where(limit => limit.Connections >= 0 && limit.Connections < needed)
                .MinBy(limit => limit.Connections);
    }

    private sealed record Limit(string Owner, int Connections, string Raise);
}
