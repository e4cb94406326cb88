using Dapper;
using RotationMesh.Core.Map;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Tables.Schema;

/// <summary>
/// Finds tables that a map led to once, and whose rows the map of today does not lead to. A table is found by its oid, whatever
/// it is called now. Where none has that oid any more, each table of the former name counts; of a name without a schema none does
/// where a mapped table has it. A table that is told stands for those below it.
/// </summary>
public sealed class UnmappedTables(ApplicationDatabases databases)
{
    // Rows are in the table itself or, where it is partitioned or inherited from, in those below it.
    private static readonly string Find = $$"""
        WITH RECURSIVE former AS MATERIALIZED (
            SELECT f.oid, f.schema, f.name, f.place
            FROM ROWS FROM (
                pg_catalog.unnest(@oids::pg_catalog.int8[]), pg_catalog.unnest(@schemas::pg_catalog.text[]),
                pg_catalog.unnest(@names::pg_catalog.text[]))
                WITH ORDINALITY AS f (oid, schema, name, place)),
        there AS (
            SELECT f.place, c.oid
            FROM former f JOIN pg_catalog.pg_class c ON c.oid::pg_catalog.int8 OPERATOR(pg_catalog.=) f.oid
            UNION
            SELECT f.place, c.oid
            FROM former f JOIN pg_catalog.pg_class c ON c.relname OPERATOR(pg_catalog.=) f.name
            JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
            WHERE (f.schema IS NULL OR n.nspname OPERATOR(pg_catalog.=) f.schema)
              AND c.relkind OPERATOR(pg_catalog.=) ANY ('{r,p,f}'::"char"[])
              AND c.relpersistence OPERATOR(pg_catalog.<>) 't'
              AND NOT (f.schema IS NULL AND EXISTS (
                  SELECT FROM pg_catalog.pg_class m
                  WHERE m.relname OPERATOR(pg_catalog.=) f.name
                    AND m.oid::pg_catalog.int8 OPERATOR(pg_catalog.=) ANY (@mapped::pg_catalog.int8[])))
              AND NOT EXISTS (
                  SELECT FROM pg_catalog.pg_class k WHERE k.oid::pg_catalog.int8 OPERATOR(pg_catalog.=) f.oid)),
        below AS (
            SELECT place, oid AS top, oid FROM there
            UNION
            SELECT below.place, below.top, i.inhrelid
            FROM pg_catalog.pg_inherits i JOIN below ON i.inhparent OPERATOR(pg_catalog.=) below.oid
            WHERE NOT {{PendingDetach.IsPending}})
        SELECT DISTINCT below.place OPERATOR(pg_catalog.-) 1 AS Place, n.nspname AS Schema, top.relname AS Name,
               {{PendingDetach.EndOf("top.oid")}} AS FinalizeWith
        FROM below
        JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) below.oid
        JOIN pg_catalog.pg_class top ON top.oid OPERATOR(pg_catalog.=) below.top
        JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) top.relnamespace
        WHERE c.relkind OPERATOR(pg_catalog.=) ANY ('{r,f}'::"char"[])
          AND c.oid::pg_catalog.int8 OPERATOR(pg_catalog.<>) ALL (@mapped::pg_catalog.int8[])
          AND NOT EXISTS (
              SELECT FROM below whole
              WHERE whole.oid OPERATOR(pg_catalog.=) below.top AND whole.top OPERATOR(pg_catalog.<>) below.top)
        ORDER BY 1, 2, 3
        """;

    /// <summary>
    /// Returns those of <paramref name="former"/> tables (by oid, or 0, and by name) that exist and of whose rows not all are in
    /// <paramref name="mapped"/> tables, each by its place in the list and its name of today. Where one is about to be
    /// detached, the statement that ends this is with it.
    /// </summary>
    public async Task<IReadOnlyList<(int Place, SqlName Table, string? FinalizeWith)>> FindAsync(
        string database,
        IReadOnlyList<(long Oid, SqlName Name)> former,
        IReadOnlyCollection<long> mapped,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(former);
        ArgumentNullException.ThrowIfNull(mapped);
        await using var connection = await databases.OpenReadingAsync(database, cancellationToken);
        var found = await connection.QueryAsync<(long Place, string Schema, string Name, string? End)>(
            new CommandDefinition(
                Find,
                new
                {
                    oids = former.Select(table => table.Oid).ToArray(),
                    schemas = former.Select(table => table.Name.Schema?.Name).ToArray(),
                    names = former.Select(table => table.Name.Name.Name).ToArray(),
                    mapped = mapped.ToArray(),
                },
                cancellationToken: cancellationToken
            )
        );
        return
        [
            .. found.Select(table =>
                (
                    (int)table.Place,
                    new SqlName(new SqlIdentifier(table.Schema), new SqlIdentifier(table.Name)),
                    table.End
                )
            ),
        ];
    }
}
