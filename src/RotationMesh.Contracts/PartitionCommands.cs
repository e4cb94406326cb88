namespace RotationMesh.Contracts;

/// <summary>
/// Sent by the dispatcher, handled by a worker, which re-encrypts the rows; may arrive twice, late or on two workers at
/// once, and rows at the target version are left alone.
/// </summary>
public sealed record RotatePartition
{
    public required Guid RotationId { get; init; }
    public required PartitionRef Partition { get; init; }
    public required int TargetVersion { get; init; }
    public required int BatchSize { get; init; }
    public bool AllowDowngrade { get; init; }

    /// <summary>Rows that stay locked count as failed: no sweep comes after this one.</summary>
    public bool IsLastSweep { get; init; }

    /// <summary>
    /// Until when it may write, in UTC by the clock of the partition's database, which is asked at each write. Left out, it may
    /// not write at all.
    /// </summary>
    public DateTime WriteUntil { get; init; }

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

    /// <summary>Share of the rows to look at, above 0 and up to 1.</summary>
    public double Sample { get; init; } = 1;

    /// <summary>Attempts whose time was over before they had read anything to its end: the next one reads smaller parts.</summary>
    public int CutShort { get; init; }

    public required string MapHash { get; init; }
    public required string TargetFingerprint { get; init; }
}
