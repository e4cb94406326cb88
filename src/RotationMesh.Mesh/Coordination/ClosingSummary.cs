using RotationMesh.Contracts;
using RotationMesh.Engine;

namespace RotationMesh.Mesh.Coordination;

/// <summary>The totals as they are kept with the rotation.</summary>
internal sealed record ClosingSummary(long Verified, IReadOnlyList<TableTotals> Tables)
{
    public RowCounts Counts() =>
        new()
        {
            Rows = Tables.Sum(table => table.Rows),
            Rotated = Tables.Sum(table => table.Rotated),
            Current = Tables.Sum(table => table.Current),
            External = Tables.Sum(table => table.External),
            Failed = Tables.Sum(table => table.Failed),
            Conflicts = Tables.Sum(table => table.Conflicts),
        };
}
