namespace RotationMesh.Contracts;

/// <summary>
/// Sent by the dispatcher, handled by a worker, which re-encrypts the rows, but leaves those at the target version alone;
/// may arrive twice, late or on two workers at once.
/// </summary>
public sealed record RotatePartition
{
    public required Guid RotationId { get; init; }
    public required PartitionRef Partition { get; init; }
    public required int TargetVersion { get; init; }
    public required int BatchSize { get; init; }
    public bool AllowDowngrade { get; init; }

    /// <summary>Whether no sweep follows, so that rows that stay locked count as failed.</summary>
    public bool IsLastSweep { get; init; }

    /// <summary>
    /// Write deadline, in UTC by the clock of the partition's database; each write compares it with that clock. Left out,
    /// the attempt may not write at all.
    /// </summary>
    public DateTime WriteUntil { get; init; }

    /// <summary>Attempts that ran out of time before they finished any part: the next one rewrites smaller parts.</summary>
    public int CutShort { get; init; }

    public required string MapHash { get; init; }
    public required string TargetFingerprint { get; init; }
}

/// <summary>
/// Sent by the dispatcher, handled by a worker, which decrypts the rows under the version they claim and writes nothing; may
/// arrive twice.
/// </summary>
public sealed record VerifyPartition
{
    public required Guid RotationId { get; init; }
    public required PartitionRef Partition { get; init; }
    public required int TargetVersion { get; init; }

    /// <summary>Share of the rows to read, above 0 and up to 1.</summary>
    public double Sample { get; init; } = 1;

    /// <summary>Attempts that ran out of time before they finished any part: the next one reads smaller parts.</summary>
    public int CutShort { get; init; }

    public required string MapHash { get; init; }
    public required string TargetFingerprint { get; init; }
}
