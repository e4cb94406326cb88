using RotationMesh.Control;
using RotationMesh.Control.Claims;
using RotationMesh.Core.Map;
using RotationMesh.LocalOperations.Scanning;
using RotationMesh.Operations.Documents;
using RotationMesh.Tables;
using RotationMesh.Tables.Scanning;
using RotationMesh.Tables.Schema;
using RotationMesh.Tables.Statements;

namespace RotationMesh.LocalOperations.Retiring.Reach;

/// <summary>
/// Tables that rotations were made for, that exist, and that the map does not lead to: it leaves them out, or leads to another
/// table of that name, or they were leaves and are detached. Nobody counts their rows, and the scan need not know how they are
/// encrypted. The same goes for columns of tables that it leads to.
/// </summary>
internal sealed class UnreachedTables(
    RotationMap map,
    ApplicationDatabases databases,
    ControlDatabase control,
    IReadOnlyList<ClaimedDatabase> moved
)
{
    private readonly List<string> inTheWay = [];
    private readonly List<string> met = [];
    private readonly List<DetachedLeaf> leaves = [];

    /// <summary>Places that an operator leaves out of the scan, which stands for these tables as well.</summary>
    public IReadOnlyList<string> Skipped { get; init; } = [];

    /// <summary>Skipped places that are such tables.</summary>
    public IReadOnlyList<string> Met => [.. met.Distinct()];

    /// <summary>The other tables, described for the operator.</summary>
    public IReadOnlyList<string> InTheWay => [.. inTheWay.Distinct()];

    /// <summary>Those of the other tables that were leaves.</summary>
    public IReadOnlyList<DetachedLeaf> DetachedLeaves => [.. leaves.Distinct()];

    /// <summary>
    /// Reads which tables were rotated and which ones the map leads to. What an earlier look of this object found counts as well.
    /// Throws where a database does not answer.
    /// </summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        var recorded = await new RotatedTables(control).ListAsync(cancellationToken);
        if (recorded.Count == 0)
            return;
        var columns = await new RotatedColumns(control).ListAsync(cancellationToken);
        var trees = new TableTrees(databases);
        var own = new List<(string Database, List<TableEntry> Entries, FoundTables Found)>();
        foreach (var entries in map.Tables.GroupBy(table => table.Database))
            own.Add((entries.Key, [.. entries], await trees.FindAsync([.. entries], cancellationToken)));
        var places = own.ConvertAll(one => (one.Database, one.Found.Identity));
        var tablesOf = (
            from table in recorded
            from place in Places(table.Identity, table.Database)
            select (Place: place, Table: table)
        ).ToLookup(one => one.Place, one => one.Table);
        var columnsOf = (
            from column in columns
            from place in Places(column.Identity, column.Database)
            select (Place: place, Column: column)
        ).ToLookup(one => one.Place, one => one.Column);
        // What is in a database that the map leaves out is UnreachedDatabases'.
        foreach (var (database, _, found) in own)
        {
            if (tablesOf.Contains(database))
                await LookAsync(
                    database,
                    found.Identity,
                    Mapped(found),
                    [.. tablesOf[database]],
                    cancellationToken
                );
            var entries = Entries(found);
            var former = UnreachedParts.Columns(entries, tablesOf[database], columnsOf[database]);
            var left = await new UnreachedColumns(databases).FindAsync(
                database,
                entries,
                [
                    .. columnsOf[database]
                        .Concat(former)
                        .SelectMany(column => UnreachedColumns.Standing(column, found.Identity)),
                ],
                cancellationToken
            );
            foreach (var column in left)
                Add(column.Place, column.Told);
        }

        // Where an operator declares a database gone or moved, the map may lead to it by another name now.
        IReadOnlyList<string> Places(string identity, string database) =>
            RecordedPlaces.Find(identity, database, places) is { Count: > 0 } known ? known
            : moved.Any(one => one.Identity == identity) ? [.. places.Select(place => place.Database)]
            : [];

        // Two names of the map may lead to one database.
        List<(TableEntry Entry, TableTree Tree)> Entries(FoundTables found) =>
            [
                .. own.Where(one =>
                        ReferenceEquals(one.Found, found)
                        || (found.Identity.System is not null && one.Found.Identity == found.Identity)
                    )
                    .SelectMany(one => one.Entries.Zip(one.Found.Tables)),
            ];

        List<long> Mapped(FoundTables found) => [.. Entries(found).SelectMany(one => one.Tree.Below)];
    }

    private async Task LookAsync(
        string database,
        DatabaseIdentity identity,
        List<long> mapped,
        List<RotatedTable> recorded,
        CancellationToken cancellationToken
    )
    {
        // Oids say nothing of a copy in another server.
        var left = await new UnmappedTables(databases).FindAsync(
            database,
            [
                .. recorded.Select(table =>
                    (Matches(table, identity) ? table.Relation : 0, SqlName.Parse(table.Table))
                ),
            ],
            mapped,
            cancellationToken
        );
        var unmet = left.GroupBy(table => table.Table.ToString())
            .Where(same => !IsSkipped(SkippedLocations.Name(database, same.Key, null)))
            .Select(same =>
                (Table: same.Key, Recorded: recorded[same.First().Place], same.First().FinalizeWith)
            )
            .ToLookup(table => table.Recorded.PartOf);
        foreach (var (table, one, finalize) in unmet[""])
            Tell(Explain(database, table, one, finalize));
        foreach (var parts in unmet.Where(tables => tables.Key.Length > 0))
        {
            leaves.AddRange(parts.Select(part => Leaf(parts.Key, part.Table, part.FinalizeWith)));
            Tell(UnreachedParts.Explain(database, parts.Key, [.. parts]));
        }

        DetachedLeaf Leaf(string whole, string table, string? finalize) =>
            new(database, table, whole, SkippedLocations.Name(database, table, null))
            {
                FinalizeWith = finalize,
            };
    }

    private void Add(string place, string told)
    {
        if (!IsSkipped(place))
            Tell(told);
    }

    private bool IsSkipped(string place)
    {
        if (!Skipped.Contains(place))
            return false;
        met.Add(place);
        return true;
    }

    // Two names of the map may lead to one place.
    private void Tell(string told)
    {
        if (!inTheWay.Contains(told))
            inTheWay.Add(told);
    }

    private static bool Matches(RotatedTable table, DatabaseIdentity identity) =>
        DatabaseIdentity.Parse(table.Identity) is { } known && identity.Matches(known);

    private static string Explain(string database, string name, RotatedTable recorded, string? finalize)
    {
        var former = SqlName.Parse(recorded.Table);
        var isSame = former.Name == SqlName.Parse(name).Name;
        var of = recorded.Database == database ? "" : $"; that of database {recorded.Database} had the name";
        return $"table {name} (database {database}{(isSame ? "" : $", then called {former}")}{of}), which rotation {recorded.RotationId} was "
            + $"for, is not in this map: {DetachWords.First(finalize)}put it into the map, or drop it. Where its values need no key any "
            + $"more, leave it out with {UntriedWords.Skip(database, name, null)} --reason TEXT";
    }
}
