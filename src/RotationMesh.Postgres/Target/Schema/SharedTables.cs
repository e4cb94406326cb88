using Dapper;
using RotationMesh.Core.Map;

namespace RotationMesh.Postgres.Target.Schema;

/// <summary>
/// Finds entries of the map that hold the same rows: a table named with and without its schema, through two database
/// entries, or together with its partition. Rotating one of two that share a version column would relabel the values of
/// the other, and make them unreadable. Entries whose version columns differ are refused as well, as the map refuses two
/// entries of one name: totals would count their rows twice, and a rotation of one would keep running into the other.
/// Two maps can rotate such a table one after the other.
/// </summary>
internal sealed class SharedTables(TargetDatabases databases)
{
    // Names are looked up in the catalog and not as regclass, which raises an error over a schema that may not be used.
    private const string FindTables = """
        WITH RECURSIVE tree AS (
            SELECT e.place, c.oid
            FROM ROWS FROM (pg_catalog.unnest(@schemas), pg_catalog.unnest(@names))
                WITH ORDINALITY AS e (schema, name, place)
            JOIN pg_catalog.pg_class c ON c.relname OPERATOR(pg_catalog.=) e.name
            JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
            WHERE CASE WHEN e.schema IS NULL THEN pg_catalog.pg_table_is_visible(c.oid)
                       ELSE n.nspname OPERATOR(pg_catalog.=) e.schema END
            UNION
            SELECT tree.place, i.inhrelid
            FROM pg_catalog.pg_inherits i JOIN tree ON i.inhparent OPERATOR(pg_catalog.=) tree.oid)
        SELECT place OPERATOR(pg_catalog.-) 1 AS Place, oid::bigint AS Oid FROM tree ORDER BY 1, 2
        """;

    /// <summary>
    /// One fault for each of <paramref name="entries"/> that shares rows with another entry of the map, whether that one
    /// is asked for or not. Two of <paramref name="entries"/> that share rows are one fault.
    /// </summary>
    public async Task<IReadOnlyList<SchemaFault>> FindAsync(
        IReadOnlyList<TableEntry> entries,
        CancellationToken cancellationToken
    )
    {
        var asked = entries.Select(Identity).ToHashSet();
        var faults = new List<SchemaFault>();
        var seen = new HashSet<string>();
        foreach (var name in entries.Select(entry => entry.Database).Distinct())
        {
            if (seen.Contains(name))
                continue;
            var same = await databases.Places.SameAsync(name, cancellationToken);
            seen.UnionWith(same);
            var others = databases
                .Tables.Where(entry => same.Contains(entry.Database))
                .DistinctBy(Identity)
                .ToList();
            if (others.Count > 1)
                faults.AddRange(await FindAsync(others, asked, cancellationToken));
        }

        return faults;
    }

    private async Task<IReadOnlyList<SchemaFault>> FindAsync(
        IReadOnlyList<TableEntry> entries,
        HashSet<(string, string, string)> asked,
        CancellationToken cancellationToken
    )
    {
        var tables = new List<(TableEntry Entry, long Oid)>();
        foreach (var database in entries.GroupBy(entry => entry.Database))
            tables.AddRange(await TablesAsync([.. database], cancellationToken));
        var pairs = tables
            .GroupBy(table => table.Oid)
            .Where(table => table.Count() > 1)
            .Select(table => (First: table.First().Entry, Second: table.Skip(1).First().Entry))
            .DistinctBy(pair => (Identity(pair.First), Identity(pair.Second)));
        return
        [
            .. pairs
                .Where(pair => asked.Contains(Identity(pair.First)) || asked.Contains(Identity(pair.Second)))
                .Select(pair =>
                    asked.Contains(Identity(pair.Second))
                        ? Fault(pair.Second, pair.First)
                        : Fault(pair.First, pair.Second)
                ),
        ];
    }

    private async Task<IEnumerable<(TableEntry, long)>> TablesAsync(
        IReadOnlyList<TableEntry> entries,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await databases.OpenReadingAsync(entries[0].Database, cancellationToken);
        var found = await connection.QueryAsync<(long Place, long Oid)>(
            new CommandDefinition(
                FindTables,
                new
                {
                    schemas = entries.Select(entry => entry.Table.Schema?.Name).ToArray(),
                    names = entries.Select(entry => entry.Table.Name.Name).ToArray(),
                },
                cancellationToken: cancellationToken
            )
        );
        return found.Select(table => (entries[(int)table.Place], table.Oid));
    }

    private static SchemaFault Fault(TableEntry entry, TableEntry other) =>
        new(
            entry,
            $"its rows are also those of {other.Shown} (scope {other.Scope}, database {other.Database}, line {other.Line} of the map)",
            $"keep one entry with the columns of both (line {entry.Line}), or a map for each if their version columns differ"
        );

    private static (string, string, string) Identity(TableEntry entry) =>
        (entry.Scope, entry.Database, entry.Name);
}
