namespace RotationMesh.Core;

/// <summary>What became of rows: of a partition, a table or a sweep.</summary>
public sealed record RowCounts
{
    /// <summary>No rows.</summary>
    public static readonly RowCounts None = new();

    /// <summary>Rows that are at the target version now; in a dry run, rows that would be.</summary>
    public long Rotated { get; init; }

    /// <summary>Rows that verification read, including those that don't decrypt and those that hold no value.</summary>
    public long Verified { get; init; }

    /// <summary>Rows that stay as they are, and rows that verification can't decrypt. Each is reported on its own.</summary>
    public long Failed { get; init; }

    /// <summary>Times that a row was read again because it was not written; each row is counted above as well.</summary>
    public long Conflicts { get; init; }

    /// <summary>
    /// Rows that kept changing or stayed locked, left for the next sweep; in a verification, rows that changed each time that they
    /// were to be decrypted. Not counted above.
    /// </summary>
    public long Contended { get; init; }

    /// <summary>
    /// Rows without a value among those rotated or verified, so that nothing was decrypted. Where others changed rows of a
    /// batch meanwhile, this is the least number. The census counts them all.
    /// </summary>
    public long Empty { get; init; }

    /// <summary>
    /// Decrypted values of the rotated or verified rows; a row may hold none, or several. Where others changed rows of a batch
    /// meanwhile, this is the least number.
    /// </summary>
    public long Values { get; init; }

    /// <summary>Adds two counts.</summary>
    public static RowCounts operator +(RowCounts left, RowCounts right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return new()
        {
            Rotated = left.Rotated + right.Rotated,
            Verified = left.Verified + right.Verified,
            Failed = left.Failed + right.Failed,
            Conflicts = left.Conflicts + right.Conflicts,
            Contended = left.Contended + right.Contended,
            Empty = left.Empty + right.Empty,
            Values = left.Values + right.Values,
        };
    }
}
