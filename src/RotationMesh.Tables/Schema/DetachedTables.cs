using Dapper;
using RotationMesh.Core.Map;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Tables.Schema;

/// <summary>
/// Finds tables that held rows of a map's tables once, that exist, and whose rows none of these tables shows any more: leaves that
/// were detached, or that are about to be (<c>DETACH PARTITION … CONCURRENTLY</c>), and tables whose name another one has now.
/// </summary>
public sealed class DetachedTables(ApplicationDatabases databases)
{
    private static readonly string Find = $$"""
        WITH RECURSIVE {{NamedTables.Terms}},
        below AS (
            SELECT place, oid FROM named
            UNION
            SELECT below.place, i.inhrelid
            FROM pg_catalog.pg_inherits i JOIN below ON i.inhparent OPERATOR(pg_catalog.=) below.oid
            WHERE NOT (@only::boolean[])[below.place::int] AND NOT {{PendingDetach.IsPending}})
        SELECT c.oid::pg_catalog.int8 AS Oid, n.nspname AS Schema, c.relname AS Name,
               {{PendingDetach.EndOf("c.oid")}} AS FinalizeWith
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
        WHERE c.oid OPERATOR(pg_catalog.=) ANY (@former::pg_catalog.int8[]::pg_catalog.oid[])
          AND c.relkind OPERATOR(pg_catalog.=) ANY ('{r,f}'::"char"[])
          AND NOT EXISTS (SELECT FROM below b WHERE b.oid OPERATOR(pg_catalog.=) c.oid)
        ORDER BY n.nspname, c.relname
        """;

    /// <summary>
    /// Returns those of the <paramref name="former"/> tables of one database, with their names of today, whose rows are in none of
    /// its <paramref name="entries"/>. Where one is about to be detached, the statement that ends this is with it. Throws
    /// <see cref="Npgsql.NpgsqlException"/> if the database can't be queried.
    /// </summary>
    public async Task<IReadOnlyList<(long Oid, SqlName Table, string? FinalizeWith)>> FindAsync(
        IReadOnlyList<TableEntry> entries,
        IReadOnlyCollection<long> former,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(entries);
        ArgumentNullException.ThrowIfNull(former);
        await using var connection = await databases.OpenReadingAsync(entries[0].Database, cancellationToken);
        var found = await connection.QueryAsync<(long Oid, string Schema, string Name, string? End)>(
            new CommandDefinition(
                Find,
                new
                {
                    schemas = entries.Select(entry => entry.Table.Schema?.Name).ToArray(),
                    names = entries.Select(entry => entry.Table.Name.Name).ToArray(),
                    only = entries.Select(entry => entry.Only).ToArray(),
                    former = former.ToArray(),
                },
                cancellationToken: cancellationToken
            )
        );
        return
        [
            .. found.Select(table =>
                (
                    table.Oid,
                    new SqlName(new SqlIdentifier(table.Schema), new SqlIdentifier(table.Name)),
                    table.End
                )
            ),
        ];
    }
}
