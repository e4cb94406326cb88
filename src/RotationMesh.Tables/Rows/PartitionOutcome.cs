using RotationMesh.Core;

namespace RotationMesh.Tables.Rows;

/// <summary>What became of the rows of a partition, and whether all of them were seen.</summary>
public sealed record PartitionOutcome(RowCounts Counts)
{
    /// <summary>False if the partition was stopped before its last row; what was written stays written.</summary>
    public bool Finished { get; init; } = true;

    /// <summary>
    /// True if the partition was stopped because its time to write had ended: by its write deadline, or because somebody
    /// retires the target version.
    /// </summary>
    public bool OutOfTime { get; init; }

    /// <summary>
    /// The remaining pages, where it was stopped after some parts; null where all of the range is left. Rows that failed or were
    /// contended in these pages are not counted: the next attempt meets them again.
    /// </summary>
    public PageRange? Rest { get; init; }
}
