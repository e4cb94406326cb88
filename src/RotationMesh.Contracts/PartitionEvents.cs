using RotationMesh.Core;

namespace RotationMesh.Contracts;

// In each result of a RotatePartition, IsOver says that nobody writes under that attempt any more: this worker got the first
// delivery of its message, and has nothing of it under way. Where it is false, the rotation waits for the write deadline: an
// earlier delivery may be with a frozen worker.

/// <summary>
/// Sent by a worker, handled by the ledger in bulk; may arrive twice, and its attempt and dispatch show whether it is late. The
/// counts include failed rows: the partition itself is done.
/// </summary>
public sealed record PartitionRotated(
    Guid RotationId,
    long PartitionId,
    int Attempt,
    Guid Dispatch,
    string Worker,
    RowCounts Counts,
    bool IsOver = false
);

/// <summary>Sent by a worker after a <see cref="VerifyPartition"/>, handled by the ledger in bulk; may arrive twice.</summary>
public sealed record PartitionVerified(
    Guid RotationId,
    long PartitionId,
    int Attempt,
    Guid Dispatch,
    string Worker,
    RowCounts Counts
);

/// <summary>
/// Sent by a worker that must not or can't touch the partition, handled by the ledger, which keeps the partition for a
/// worker that may; may arrive twice. The detail explains the reason, and quotes no row.
/// </summary>
public sealed record PartitionRefused(
    Guid RotationId,
    long PartitionId,
    int Attempt,
    Guid Dispatch,
    string Worker,
    Refusal Reason,
    string? Detail = null,
    bool IsOver = false
);

/// <summary>
/// Sent by a worker that failed at the partition as a whole, handled by the ledger; may arrive twice. The ledger retries
/// a transient failure after a wait, and keeps any other for an operator's retry. SqlState is null where PostgreSQL reported
/// no error; Cause then may name the failure in a word.
/// </summary>
public sealed record PartitionFailed(
    Guid RotationId,
    long PartitionId,
    int Attempt,
    Guid Dispatch,
    string Worker,
    string? SqlState,
    bool Transient,
    string? Cause = null,
    bool IsOver = false
);

/// <summary>
/// Sent by a worker that stops before the partition's end, handled by the ledger, which dispatches it again; may arrive
/// twice. Counts cover the finished batches. OutOfTime: the time was too short, and the next attempt gets more, or smaller
/// parts. Rest: the pages that are left; Counts then cover the pages before, which are done.
/// </summary>
public sealed record PartitionReturned(
    Guid RotationId,
    long PartitionId,
    int Attempt,
    Guid Dispatch,
    string Worker,
    RowCounts Counts,
    bool IsOver = false,
    bool OutOfTime = false,
    PageRange? Rest = null
);

/// <summary>
/// Sent by a worker every few seconds while it is at a partition, handled by the ledger, which extends the lease.
/// </summary>
public sealed record PartitionHeartbeat(
    Guid RotationId,
    long PartitionId,
    int Attempt,
    Guid Dispatch,
    string Worker
);

/// <summary>Why a worker refuses a partition: a difference from the rotation, or something that the worker lacks.</summary>
public enum Refusal
{
    /// <summary>The worker's rotation map is another one.</summary>
    MapDiffers = 1,

    /// <summary>The worker's key of the target version has another fingerprint.</summary>
    FingerprintDiffers,

    /// <summary>The worker's key ring has no key of the target version.</summary>
    KeyMissing,

    /// <summary>The worker can't connect to the partition's database, or its role lacks rights there.</summary>
    DatabaseOutOfReach,

    /// <summary>The command is sealed with another key than the worker's current one.</summary>
    CurrentKeyDiffers,

    /// <summary>The worker's connection string leads to another database than the rotation's.</summary>
    DatabaseDiffers,
}
