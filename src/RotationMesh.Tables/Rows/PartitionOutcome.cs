namespace RotationMesh.Tables.Rows;

/// <summary>What became of the rows of a partition.</summary>
public sealed record PartitionOutcome
{
    /// <summary>Rows that are at the target version now; in a dry run, rows that would be.</summary>
    public long Rotated { get; init; }

    /// <summary>
    /// Rotated rows that hold no value, and so had nothing to re-encrypt. Where others changed rows of a batch meanwhile, this
    /// is the least number. The census counts them all.
    /// </summary>
    public long Empty { get; init; }

    /// <summary>
    /// Re-encrypted values of the rotated rows. Where others changed rows of a batch meanwhile, this is the least number.
    /// </summary>
    public long Values { get; init; }

    /// <summary>Times that a row was read again because it was not written.</summary>
    public long Conflicts { get; init; }

    /// <summary>Rows that kept changing or stayed locked; a sweep comes back to them.</summary>
    public long Contended { get; init; }

    /// <summary>Row failures: rows that stay as they are. Each was reported on its own.</summary>
    public long Failed { get; init; }

    /// <summary>False if the partition was stopped before its last row; what was written stays written.</summary>
    public bool Finished { get; init; } = true;

    /// <summary>
    /// True if the partition was stopped because its time to write had ended: by its write deadline, or because somebody
    /// retires the target version.
    /// </summary>
    public bool OutOfTime { get; init; }
}
