using RotationMesh.Contracts;
using RotationMesh.Operations.Documents;

namespace RotationMesh.Engine.Operating;

/// <summary>The totals of a rotation as they are kept with it.</summary>
public sealed record ClosingSummary(long Verified, IReadOnlyList<TableTotals> Tables)
{
    /// <summary>The sweep that the totals were written after.</summary>
    public int Sweep { get; init; }

    /// <summary>What the application answered after that sweep; null where it was not asked.</summary>
    public IReadOnlyList<PostCheckDocument>? PostChecks { get; init; }

    /// <summary>The sum of all tables.</summary>
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
