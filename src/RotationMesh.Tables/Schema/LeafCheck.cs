using RotationMesh.Core.Map;

namespace RotationMesh.Tables.Schema;

/// <summary>Checks the leaf tables of a mapped table: itself, its partitions, and the tables that inherit from it.</summary>
internal sealed class LeafCheck(
    Catalog catalog,
    TableEntry entry,
    bool isForRotation,
    Action<string, string> fault
)
{
    /// <summary>Tells the faults of the <paramref name="leaves"/> of a table.</summary>
    public async Task RunAsync(CatalogTable table, IReadOnlyList<CatalogLeaf> leaves)
    {
        if (entry.Only && table.Kind == "p")
            fault(
                "it is partitioned, so that all of its rows are those of its partitions",
                $"remove `only` from the map (line {entry.Line})"
            );
        foreach (var leaf in leaves)
            await CheckAsync(table, leaf);
        if (
            table.Kind == "p"
            && (await catalog.PartitionColumnsAsync(table.Oid)).Contains(entry.Version.Name)
        )
            fault(
                "it is partitioned by its version column",
                "rows would change their partition; partition by another column"
            );
    }

    private async Task CheckAsync(CatalogTable table, CatalogLeaf leaf)
    {
        var name = new SqlName(new SqlIdentifier(leaf.Schema), new SqlIdentifier(leaf.Name)).Quoted;
        if (leaf.Kind != "r")
            fault(
                $"its partition {name} is a foreign table",
                "rotate it in its own database, as a table of its own"
            );
        else if (isForRotation && leaf.UpdateRules is { } rules)
            fault(
                $"the rules {rules} of {name} change what an update does",
                "put triggers in their place, or drop them for the rotation"
            );
        // An index of a partitioned table covers its partitions. An index of a plain table does not cover tables that inherit from it.
        if (table.Kind == "r" && leaf.Oid != table.Oid && !await HasUniqueKeyAsync(leaf.Oid))
        {
            var key = UniqueKey.Text(entry);
            fault(
                $"key ({key}) is not unique in {name}, which inherits from it",
                $"CREATE UNIQUE INDEX ON {name} ({key}); or, where its rows are copies, let the map say only: true (line {entry.Line}) "
                    + $"and give {name} an entry of its own"
            );
        }
    }

    private async Task<bool> HasUniqueKeyAsync(long oid) =>
        UniqueKey.IsOf(entry, await catalog.ColumnsAsync(oid), await catalog.IndexesAsync(oid));
}
