using System.Globalization;
using RotationMesh.Tables.Census;

namespace RotationMesh.Tables.Probing;

/// <summary>
/// Rows that hold a value in the store's column and name an object of the store as well, while the map's predicate does not
/// call them external. The value in the table is rotated, and nobody reads the object.
/// </summary>
public static class ObjectsBeside
{
    /// <summary>
    /// Returns such rows of a counted table as a doubt about the map; null where there are none. It is no fault: the object may be
    /// a rest from before the value was moved into the table.
    /// </summary>
    public static ColumnFault? Find(RowsByVersion table)
    {
        ArgumentNullException.ThrowIfNull(table);
        var target = table.Target;
        if (
            target.Entry.ExternalStore is not { } store
            || table.Counts.Sum(count => count.Beside) is not (> 0 and var rows)
        )
            return null;
        return new ColumnFault(
            target.Entry,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{rows} rows hold a value in column {target.Entry.Columns[store.Column].Shown} and name an object of the store as well, and the map's predicate does not call them external: nobody reads these objects, which may need any key"
            ),
            $"where the objects are in use, write `external` so that it is true for these rows (line {target.Entry.Line} of the map); "
                + $"else set their {store.Key.Shown} to NULL"
        );
    }

    /// <summary>Describes such rows of each table, in a line for each.</summary>
    public static IEnumerable<string> Describe(IEnumerable<RowsByVersion> tables) =>
        tables.Select(table => Find(table)?.Explain()).OfType<string>();
}
