using Npgsql;
using RotationMesh.Core;
using RotationMesh.Core.Map;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Tables.Ranges;

/// <summary>Finds the leaf of a range as it is before its rows are read, and compares it with what is known of it.</summary>
internal static class PlannedLeaf
{
    /// <summary>
    /// Returns the leaf with its columns of now; null where the table was checked with other ones, or with other types, and must be
    /// checked again. Throws <see cref="ColumnsReplacedException"/> where the range was planned for other ones. What lacks a column is
    /// left to the server, whose error names it.
    /// </summary>
    public static async Task<LeafTable?> FindAsync(
        NpgsqlConnection connection,
        MappedTable target,
        PartitionRange range,
        CancellationToken cancellationToken
    )
    {
        var leaf = await LeafColumns.FindAsync(connection, range.Leaf, target.Entry, cancellationToken);
        if (!LeafColumns.AreAll(leaf, target.Entry))
            return leaf;
        if (range.Columns is { } planned && planned != leaf.Columns)
            throw new ColumnsReplacedException(range.Leaf);
        var known = target.Shape.Leaves.FirstOrDefault(one => one.Name == range.Leaf)?.Columns;
        return known is null || known == leaf.Columns ? leaf : null;
    }
}

/// <summary>
/// Names of the map stand for other columns of a leaf, or for columns of other types, than when its rows were planned. A row would get
/// the target version while the values of the former columns keep their key. The rows must be planned anew.
/// </summary>
public sealed class ColumnsReplacedException(SqlName leaf)
    : Exception($"partition {leaf} {Reasons.Replanned}");

/// <summary>
/// A table that had no update trigger when it was checked has one now, or names of the map stand for other columns or types. Rows
/// written before stay written. The table must be checked again, and the others read again.
/// </summary>
public sealed class TableChangedException : Exception;
