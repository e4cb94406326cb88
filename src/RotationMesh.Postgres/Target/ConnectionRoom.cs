using Dapper;
using Npgsql;
using RotationMesh.Core;

namespace RotationMesh.Postgres.Target;

/// <summary>
/// Whether a database lets a role open the connections that a rotation needs: two for each worker, which reads over one
/// and writes over the other, one for planning and counting, and one that holds the target version.
/// </summary>
public sealed class ConnectionRoom(TargetDatabases databases)
{
    private const int OfWorker = 2;
    private const int OfPlanner = 2;

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
        var needed = workers * OfWorker + OfPlanner;
        if (limits is null || limits.Narrowest(needed) is not { } limit)
            return null;
        var fewer = (limit.Connections - OfPlanner) / OfWorker;
        var instead = fewer > 0 ? $", or choose --workers {fewer}" : "";
        return $"database {database}: {limit.Owner} allows {limit.Connections} connections, and {workers} workers need {needed}; "
            + $"{limit.Raise}{instead}";
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
