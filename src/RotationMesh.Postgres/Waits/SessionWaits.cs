using Dapper;
using Npgsql;

namespace RotationMesh.Postgres.Waits;

/// <summary>
/// Finds what this program's sessions in a database wait for, according to the server. It includes sessions of its
/// other processes.
/// </summary>
public static class SessionWaits
{
    // This program's sessions share one role, and the application name that the connection string gives to all of them.
    private const string Find = """
        SELECT a.wait_event_type AS Kind, a.wait_event AS Event,
               extract(epoch FROM
                   pg_catalog.clock_timestamp() OPERATOR(pg_catalog.-) a.query_start)::pg_catalog.float8 AS Seconds,
               (SELECT pg_catalog.min(l.relation::pg_catalog.regclass::pg_catalog.text) FROM pg_catalog.pg_locks l
                WHERE l.pid OPERATOR(pg_catalog.=) a.pid AND NOT l.granted AND l.relation IS NOT NULL) AS Table,
               b.pid AS HolderPid, h.application_name AS HolderApplication, h.usename::pg_catalog.text AS HolderRole
        FROM pg_catalog.pg_stat_activity a
        LEFT JOIN LATERAL (
            SELECT holders.pid FROM pg_catalog.unnest(
                CASE WHEN a.wait_event_type OPERATOR(pg_catalog.=) 'Lock' THEN pg_catalog.pg_blocking_pids(a.pid) END)
                AS holders (pid)
            LIMIT 1) b ON true
        LEFT JOIN pg_catalog.pg_stat_activity h ON h.pid OPERATOR(pg_catalog.=) b.pid
        WHERE a.datname OPERATOR(pg_catalog.=) pg_catalog.current_database() AND a.usename OPERATOR(pg_catalog.=) current_user
          AND a.application_name OPERATOR(pg_catalog.=) pg_catalog.current_setting('application_name')
          AND a.pid OPERATOR(pg_catalog.<>) pg_catalog.pg_backend_pid() AND a.state OPERATOR(pg_catalog.=) 'active'
        ORDER BY a.query_start, a.pid
        """;

    /// <summary>Returns the other sessions that run a statement, the longest-running first.</summary>
    public static async Task<IReadOnlyList<SessionWait>> FindAsync(
        NpgsqlConnection connection,
        CancellationToken cancellationToken
    ) =>
        (
            await connection.QueryAsync<SessionWait>(
                new CommandDefinition(Find, cancellationToken: cancellationToken)
            )
        ).AsList();
}
