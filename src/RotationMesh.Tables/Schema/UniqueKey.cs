using RotationMesh.Core.Map;

namespace RotationMesh.Tables.Schema;

/// <summary>Checks that the map's key columns identify a single row of a table.</summary>
internal static class UniqueKey
{
    /// <summary>Returns the columns as an error shows them.</summary>
    public static string Text(TableEntry entry) =>
        string.Join(", ", entry.Key.Select(column => column.Shown));

    /// <summary>Whether one of the indexes is unique and covers only key columns that can't be NULL.</summary>
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
