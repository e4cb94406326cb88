using Npgsql;
using RotationMesh.Core.Gates;
using RotationMesh.Core.Map;
using RotationMesh.Core.Map.Gates;
using RotationMesh.Postgres;

namespace RotationMesh.Tables.Sessions;

/// <summary>
/// Holds while no session of the named applications writes to the map's tables: none holds a lock that only writing takes,
/// and in the last ten seconds none began a statement that may write and names a table. The second check needs the role
/// <c>pg_read_all_stats</c>, or the application's own role; without it, short transactions between two checks go unseen.
/// </summary>
internal sealed class SessionGate(
    PostgresEntry entry,
    IReadOnlyList<TableEntry> tables,
    ApplicationDatabases databases
) : IGate
{
    // The two seconds between checks and this timeout stay below the five in which a lost gate must be noticed.
    private const int TimeoutSeconds = 2;

    private const string Writers = """
        WITH written AS (
            SELECT relation, bare
            FROM ROWS FROM (pg_catalog.unnest(@quoted), pg_catalog.unnest(@bare)) AS named (quoted, bare)
            CROSS JOIN LATERAL (
                SELECT pg_catalog.to_regclass(quoted)::pg_catalog.oid
                UNION
                SELECT relid::pg_catalog.oid FROM pg_catalog.pg_partition_tree(pg_catalog.to_regclass(quoted))
            ) AS tree (relation)
        )
        SELECT session.application_name
        FROM pg_catalog.pg_stat_activity AS session
        WHERE session.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()
          AND session.pid OPERATOR(pg_catalog.<>) pg_catalog.pg_backend_pid()
          AND session.application_name OPERATOR(pg_catalog.=) ANY (@applications)
          AND (
            EXISTS (
                SELECT FROM pg_catalog.pg_locks AS held
                JOIN written ON held.relation OPERATOR(pg_catalog.=) written.relation
                WHERE held.pid OPERATOR(pg_catalog.=) session.pid
                  AND held.mode OPERATOR(pg_catalog.=) ANY (ARRAY[
                    'RowExclusiveLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock']::pg_catalog.text[])
            )
            OR session.query_start OPERATOR(pg_catalog.>) (pg_catalog.now() OPERATOR(pg_catalog.-) interval '10 seconds')
              AND session.query OPERATOR(pg_catalog.~*) '^(\s|/\*([^*]|\*+[^*/])*\*+/|--[^\n]*\n)*(insert|update|delete|merge|copy|truncate|with)\M'
              AND EXISTS (
                SELECT FROM written
                WHERE pg_catalog.strpos(pg_catalog.lower(session.query), pg_catalog.lower(bare)) OPERATOR(pg_catalog.>) 0)
          )
        """;

    /// <inheritdoc/>
    public GateEntry Entry => entry;

    /// <inheritdoc/>
    public async Task<GateVerdict> CheckAsync(GateOccasion occasion, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await databases.OpenReadingAsync(entry.Database, cancellationToken);
            // The rotation's own writes would be taken for the application's.
            return OwnName(connection) is { } own
                ? Lost(
                    $"the map's own sessions are named {own} too",
                    $"give the connection string of the database {entry.Database} another application name"
                )
                : Judge(await FindWritersAsync(connection, cancellationToken));
        }
        catch (NpgsqlException fault)
        {
            return Lost(
                DatabaseFaults.Describe(fault),
                $"check the database that line {entry.Line} of the map names"
            );
        }
    }

    private string? OwnName(NpgsqlConnection connection) =>
        entry.Applications.FirstOrDefault(name =>
            name == new NpgsqlConnectionStringBuilder(connection.ConnectionString).ApplicationName
        );

    private async Task<List<string>> FindWritersAsync(
        NpgsqlConnection connection,
        CancellationToken cancellationToken
    )
    {
        await using var command = new NpgsqlCommand(Writers, connection) { CommandTimeout = TimeoutSeconds };
        command.Parameters.AddWithValue("quoted", tables.Select(table => table.Table.Quoted).ToArray());
        command.Parameters.AddWithValue("bare", tables.Select(table => table.Table.Name.Name).ToArray());
        command.Parameters.AddWithValue("applications", entry.Applications.ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<string>();
        while (await reader.ReadAsync(cancellationToken))
            found.Add(reader.GetString(0));
        return found;
    }

    private GateVerdict Judge(List<string> writers)
    {
        var sessions = writers.GroupBy(name => name).Select(group => $"{group.Key} ({group.Count()})");
        return writers.Count > 0
            ? Lost(
                $"sessions write to the map's tables: {string.Join(", ", sessions)}",
                "stop the application's workers"
            )
            : new GateVerdict(
                entry.Name,
                Holds: true,
                $"no session of {string.Join(", ", entry.Applications)} writes"
            );
    }

    private GateVerdict Lost(string reason, string fix) => new(entry.Name, Holds: false, reason, fix);
}
