using RotationMesh.Control.Claims;
using RotationMesh.Core;
using RotationMesh.Core.Map;
using RotationMesh.Tables.Ranges;

namespace RotationMesh.Coordination.Checking;

/// <summary>What became of a claim that was renewed.</summary>
/// <param name="Obstacle">Why no partition may be planned; null where they may.</param>
/// <param name="Tables">What the databases told of the tables.</param>
internal sealed record RenewedClaim(string? Obstacle, IReadOnlyList<ClaimedTable> Tables)
{
    /// <summary>
    /// Throws <see cref="UsageException"/> where the database did not tell its tables and columns: the retirement of a key would not
    /// know of the values.
    /// </summary>
    public void EnsureRecorded(string database)
    {
        if (TablePlaces.Unread(Tables).Contains(database))
            throw new UsageException("it did not tell its tables and columns when they were claimed");
    }

    /// <summary>
    /// Returns the ranges of a table's leaves that were claimed, with the columns by which they are planned. What came since is left to
    /// the next sweep: no end of the rotation would know by which columns its rows were written.
    /// </summary>
    public IAsyncEnumerable<PartitionRange> Claimed(TableEntry table, IAsyncEnumerable<PartitionRange> ranges)
    {
        var columns = Tables
            .First(one => (one.DatabaseName, one.TableName) == (table.Database, table.Name))
            .Columns!.ToLookup(column => column.Relation, column => column.Number);
        return ranges.Where(range =>
            range.PlannedColumns().ToLookup(column => column.Relation, column => column.Number) is var planned
            && planned.All(leaf => columns.Contains(leaf.Key) && !columns[leaf.Key].Except(leaf).Any())
        );
    }
}
