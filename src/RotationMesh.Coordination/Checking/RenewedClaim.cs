using RotationMesh.Control.Claims;
using RotationMesh.Core;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Coordination.Checking;

/// <summary>What became of a claim that was renewed.</summary>
/// <param name="Obstacle">Why no partition may be planned; null where they may.</param>
/// <param name="Tables">What the databases told of the tables.</param>
internal sealed record RenewedClaim(string? Obstacle, IReadOnlyList<ClaimedTable> Tables)
{
    /// <summary>
    /// Throws <see cref="UsageException"/> where partitions of these tables, which are all of one database, may not be planned: what
    /// they write would be in columns that nobody recorded. The retirement of a key would not know of the values, and no end of the
    /// rotation of those that they were replaced by.
    /// </summary>
    public void EnsureRecorded(IReadOnlyList<MappedTable> planned)
    {
        var database = planned[0].Entry.Database;
        if (TablePlaces.Unread(Tables).Contains(database))
            throw new UsageException("it did not tell its tables and columns when they were claimed");
        foreach (var table in planned)
            if (!IsAsClaimed(table))
                throw new UsageException(
                    $"names of the map stand for other columns of {table.Entry.Name} than when they were claimed"
                );
    }

    private bool IsAsClaimed(MappedTable table)
    {
        var claimed = Tables
            .First(one => (one.DatabaseName, one.TableName) == (table.Entry.Database, table.Entry.Name))
            .Columns!.ToLookup(column => column.Relation);
        return table.Shape.Leaves.All(leaf => claimed[leaf.Oid].All(column => leaf.HasColumn(column.Number)));
    }
}
