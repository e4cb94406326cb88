using System.Globalization;
using RotationMesh.Core;
using RotationMesh.Tables.Census;

namespace RotationMesh.Tables.Probing;

/// <summary>
/// Rows that name an object of the store and hold nothing in its column, while the map's predicate does not call them
/// external. A rotation would count them as empty, and the object that they name would keep its old key.
/// </summary>
public static class StrayRows
{
    /// <summary>Returns the stray rows of a counted table as a fault of the map; null where there are none.</summary>
    public static ColumnFault? Find(RowsByVersion table)
    {
        ArgumentNullException.ThrowIfNull(table);
        var target = table.Target;
        if (
            target.Entry.ExternalStore is not { } store
            || table.Counts.Sum(count => count.Stray) is not (> 0 and var rows)
        )
            return null;
        var column = target.Entry.Columns[store.Column];
        return new ColumnFault(
            target.Entry,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{rows} rows name an object of the store, hold no value in column {column.Shown}, and {Reasons.StrayRows}"
            ),
            $"write `external` so that it is true for them (where it is NULL, it is not; line {target.Entry.Line} of the map), or set "
                + $"their {store.Key.Shown} to NULL where no object is meant"
        );
    }
}
