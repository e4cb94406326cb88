using RotationMesh.Core;

namespace RotationMesh.Tables.Verification;

/// <summary>What verification found in the rows that it read. About an empty row, nothing is proved.</summary>
public sealed record VerificationOutcome(RowCounts Counts)
{
    /// <summary>Whether it was stopped before the end; the counts are those of the parts that were read to the end.</summary>
    public bool IsStopped { get; init; }

    /// <summary>
    /// Whether it was reading the next part when it was stopped, rather than waiting: a row of it had been read, or nobody had
    /// the table locked.
    /// </summary>
    public bool WasReading { get; init; }

    /// <summary>Whether no leaf of that name existed when it was to be read. One that exists by now has not been read.</summary>
    public bool IsMissing { get; init; }

    /// <summary>Whether the missing leaf was not dropped: it had another name, and may have its own again by now.</summary>
    public bool IsAway { get; init; }

    /// <summary>The remaining pages, where it was stopped after some parts; null where all of the range is left.</summary>
    public PageRange? Rest { get; init; }
}
