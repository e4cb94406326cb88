namespace RotationMesh.Tables.Rows;

/// <summary>What became of the rows of a partition.</summary>
public sealed record PartitionOutcome
{
    /// <summary>Rows that are at the target version now; in a dry run, rows that would be.</summary>
    public long Rotated { get; init; }

    /// <summary>
    /// Those of the rotated rows that hold no value, and so had nothing to re-encrypt: at least so many, where others
    /// changed rows of a batch meanwhile. The census counts them all.
    /// </summary>
    public long Empty { get; init; }

    /// <summary>Values of the rotated rows that were decrypted and encrypted anew; at least so many, in the same way.</summary>
    public long Values { get; init; }

    /// <summary>Times that a row had changed between read and write.</summary>
    public long Conflicts { get; init; }

    /// <summary>Rows that kept changing or stayed locked; a sweep comes back to them.</summary>
    public long Contended { get; init; }

    /// <summary>Rows that were left as they are for good; each was told of on its own.</summary>
    public long Failed { get; init; }

    /// <summary>False if it was stopped before the last row; what was done stays done.</summary>
    public bool Finished { get; init; } = true;

    /// <summary>True if it was stopped because its time to write had come to an end.</summary>
    public bool OutOfTime { get; init; }
}
