using RotationMesh.Core.Map;

namespace RotationMesh.Tables.Schema;

/// <summary>Whether the key columns of the map tell the rows of a table apart.</summary>
internal static class UniqueKey
{
    /// <summary>The columns as they stand in an error.</summary>
    public static string Text(TableEntry entry) =>
        string.Join(", ", entry.Key.Select(column => column.Shown));

    /// <summary>Whether a unique index over some of the key's columns, none of which may be NULL, is among the indexes.</summary>
    public static bool IsOf(
        TableEntry entry,
        IReadOnlyDictionary<string, CatalogColumn> columns,
        IReadOnlyList<CatalogIndex> indexes
    )
    {
        var key = entry.Key.Select(column => column.Name).ToHashSet();
        return indexes.Any(index =>
            index.Unique && index.Columns.All(column => key.Contains(column) && columns[column].NotNull)
        );
    }
}
