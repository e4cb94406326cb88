using RotationMesh.Core.Map;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Tables.Schema;

/// <summary>
/// Finds map entries that hold the same rows: a table named with and without its schema, through two database entries, or
/// together with its partition. If two entries share a version column, rotating one would relabel the other's values and
/// make them unreadable. Entries with different version columns are refused too: totals would count their rows twice, and
/// their rotations would conflict. Two maps can rotate such a table one after the other.
/// </summary>
/// <remarks>
/// The database is queried only for the given entries, never for the whole map. Checking tables one by one therefore costs
/// no more than checking them all at once.
/// </remarks>
internal sealed class SharedTables(ApplicationDatabases databases)
{
    // Every table that shows a row of an entry: the tables below it, and the tables that those inherit from.
    private const string FindTables = $"""
        WITH RECURSIVE {NamedTables.Terms},
        below AS (
            SELECT place, oid FROM named
            UNION
            SELECT below.place, i.inhrelid
            FROM pg_catalog.pg_inherits i JOIN below ON i.inhparent OPERATOR(pg_catalog.=) below.oid
            WHERE NOT (@only::boolean[])[below.place::int] AND NOT {PendingDetach.IsPending}),
        around AS (
            SELECT place, oid FROM below
            UNION
            SELECT around.place, i.inhparent
            FROM pg_catalog.pg_inherits i JOIN around ON i.inhrelid OPERATOR(pg_catalog.=) around.oid
            WHERE NOT {PendingDetach.IsPending})
        SELECT a.place OPERATOR(pg_catalog.-) 1 AS Place, a.oid::pg_catalog.int8 AS Oid, n.nspname AS Schema, c.relname AS Name,
               EXISTS (SELECT FROM below b
                       WHERE b.place OPERATOR(pg_catalog.=) a.place AND b.oid OPERATOR(pg_catalog.=) a.oid) AS HoldsRows
        FROM around a
        JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) a.oid
        JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
        """;

    private const string FindNamed = $"""
        WITH RECURSIVE {NamedTables.Terms}
        SELECT place OPERATOR(pg_catalog.-) 1 AS Place, oid::pg_catalog.int8 AS Oid FROM named
        """;

    private readonly Lazy<ILookup<string, MapTable>> byName = new(() =>
        databases
            .Tables.DistinctBy(entry => entry.FullName)
            .Select((entry, order) => new MapTable(entry, order))
            .ToLookup(table => table.Entry.Table.Name.Name)
    );

    /// <summary>
    /// Returns one fault for each of <paramref name="entries"/> that shares rows with another entry of the map, given or not.
    /// Two of <paramref name="entries"/> that share rows make one fault.
    /// </summary>
    public async Task<IReadOnlyList<SchemaFault>> FindAsync(
        IReadOnlyList<TableEntry> entries,
        CancellationToken cancellationToken
    )
    {
        var asked = entries.Select(entry => entry.FullName).ToHashSet();
        var faults = new List<SchemaFault>();
        foreach (var database in entries.GroupBy(entry => entry.Database))
        {
            var same = (await databases.Places.SameAsync(database.Key, cancellationToken)).ToHashSet();
            var spots = await SpotsAsync([.. database], cancellationToken);
            var unqualified = await UnqualifiedAsync(spots, same, cancellationToken);
            foreach (var entry in spots.GroupBy(spot => spot.Entry))
                if (FindOther(entry.Key, [.. entry], same, unqualified, asked) is { } other)
                    faults.Add(Fault(entry.Key, other));
        }

        return faults;
    }

    // If both entries of a pair are given, the later one reports it.
    private TableEntry? FindOther(
        TableEntry entry,
        IReadOnlyList<Spot> spots,
        HashSet<string> same,
        HashSet<(TableEntry, long)> unqualified,
        HashSet<TableName> asked
    )
    {
        var identity = entry.FullName;
        var own =
            byName
                .Value[entry.Table.Name.Name]
                .FirstOrDefault(table => table.Entry.FullName == identity)
                ?.Order
            ?? int.MaxValue;
        return spots
            .SelectMany(spot =>
                byName
                    .Value[spot.Name]
                    .Where(table =>
                        table.Order != own
                        && same.Contains(table.Entry.Database)
                        && (spot.HoldsRows || !table.Entry.Only)
                        && (
                            table.Entry.Table.Schema is { } schema
                                ? schema.Name == spot.Schema
                                : unqualified.Contains((table.Entry, spot.Oid))
                        )
                    )
            )
            .Where(table => table.Order < own || !asked.Contains(table.Entry.FullName))
            .MinBy(table => table.Order)
            ?.Entry;
    }

    private async Task<IReadOnlyList<Spot>> SpotsAsync(
        IReadOnlyList<TableEntry> entries,
        CancellationToken cancellationToken
    )
    {
        var found = await AskAsync<(long Place, long Oid, string Schema, string Name, bool HoldsRows)>(
            FindTables,
            entries,
            cancellationToken
        );
        return
        [
            .. found.Select(row => new Spot(
                entries[(int)row.Place],
                row.Oid,
                row.Schema,
                row.Name,
                row.HoldsRows
            )),
        ];
    }

    // A name without a schema is resolved by the search path of the entry's own role.
    private async Task<HashSet<(TableEntry, long)>> UnqualifiedAsync(
        IReadOnlyList<Spot> spots,
        HashSet<string> same,
        CancellationToken cancellationToken
    )
    {
        var candidates = spots
            .Select(spot => spot.Name)
            .Distinct()
            .SelectMany(name => byName.Value[name])
            .Select(table => table.Entry)
            .Where(entry => entry.Table.Schema is null && same.Contains(entry.Database));
        var found = new HashSet<(TableEntry, long)>();
        foreach (var database in candidates.GroupBy(entry => entry.Database))
        {
            var entries = database.ToList();
            foreach (
                var (place, oid) in await AskAsync<(long Place, long Oid)>(
                    FindNamed,
                    entries,
                    cancellationToken
                )
            )
                found.Add((entries[(int)place], oid));
        }

        return found;
    }

    private async Task<IEnumerable<T>> AskAsync<T>(
        string sql,
        IReadOnlyList<TableEntry> entries,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await databases.OpenReadingAsync(entries[0].Database, cancellationToken);
        return await connection.PreparedAsync<T>(
            sql,
            cancellationToken,
            ("schemas", entries.Select(entry => entry.Table.Schema?.Name).ToArray()),
            ("names", entries.Select(entry => entry.Table.Name.Name).ToArray()),
            ("only", entries.Select(entry => entry.Only).ToArray())
        );
    }

    private static SchemaFault Fault(TableEntry entry, TableEntry other) =>
        new(
            entry,
            $"its rows are also those of {other.Shown} (scope {other.Scope}, database {other.Database}, line {other.Line} of the map)",
            $"keep one entry with the columns of both (line {entry.Line}), or a map for each if their version columns differ"
        );

    private sealed record MapTable(TableEntry Entry, int Order);

    /// <summary>A table that shows rows of an entry.</summary>
    private sealed record Spot(TableEntry Entry, long Oid, string Schema, string Name, bool HoldsRows);
}
