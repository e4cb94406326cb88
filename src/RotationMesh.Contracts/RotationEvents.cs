namespace RotationMesh.Contracts;

/// <summary>Published by the rotation saga when it begins, for whoever follows rotations; may arrive twice.</summary>
public sealed record RotationStarted(Guid RotationId, int TargetVersion);

/// <summary>
/// Published by the ledger when a sweep has no open partition left, handled by the rotation saga; may arrive twice, and the
/// sweep's number tells.
/// </summary>
public sealed record SweepSettled(Guid RotationId, int Sweep, long Partitions, long FailedPartitions);

/// <summary>Published by the gate watch, handled by the rotation saga, which stops dispatching; may arrive twice.</summary>
public sealed record GateLost(Guid RotationId, string Gate, string Reason);

/// <summary>Published by the gate watch when every gate holds, handled by the rotation saga, which goes on; may arrive twice.</summary>
public sealed record GatesHold(Guid RotationId);

/// <summary>Published by the rotation saga at its end, for whoever follows rotations; may arrive twice.</summary>
public sealed record RotationCompleted(Guid RotationId, RotationOutcome Outcome, RowCounts Counts);

/// <summary>How a rotation ended.</summary>
public enum RotationOutcome
{
    /// <summary>Every row in scope is at the target version and verified.</summary>
    Completed = 1,

    /// <summary>What is left are recorded failures.</summary>
    CompletedWithFailures,

    /// <summary>An operator ended it; what was done stays done.</summary>
    Cancelled,

    /// <summary>It could not go on.</summary>
    Faulted,
}
