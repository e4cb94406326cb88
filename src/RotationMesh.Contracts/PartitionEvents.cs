namespace RotationMesh.Contracts;

// In each result of a RotatePartition, IsOver says that nobody writes by that attempt any more: this worker was the first to
// get its message, and nothing of it is under way. Where it is false the deadline is waited for; a message that was delivered
// before may be with a worker that is frozen.

/// <summary>
/// Sent by a worker, handled by the ledger in bulk; may arrive twice, and the attempt tells a late one. Failed rows are
/// within the counts: the partition itself is done.
/// </summary>
public sealed record PartitionRotated(
    Guid RotationId,
    long PartitionId,
    int Attempt,
    string Worker,
    RowCounts Counts,
    bool IsOver = false
);

/// <summary>Sent by a worker after a <see cref="VerifyPartition"/>, handled by the ledger in bulk; may arrive twice.</summary>
public sealed record PartitionVerified(
    Guid RotationId,
    long PartitionId,
    int Attempt,
    string Worker,
    RowCounts Counts
);

/// <summary>
/// Sent by a worker that must not or can't touch the partition, handled by the ledger, which keeps it for a worker that
/// may; may arrive twice. The detail says what ails the worker's database, in words that quote no row.
/// </summary>
public sealed record PartitionRefused(
    Guid RotationId,
    long PartitionId,
    int Attempt,
    string Worker,
    Refusal Reason,
    string? Detail = null,
    bool IsOver = false
);

/// <summary>
/// Sent by a worker that could not do the partition as a whole, handled by the ledger: it is tried again after a wait where
/// the failure is transient, and else kept for an operator's retry; may arrive twice. The SqlState is null where the
/// failure is not PostgreSQL's, and the cause then says in a word what it is.
/// </summary>
public sealed record PartitionFailed(
    Guid RotationId,
    long PartitionId,
    int Attempt,
    string Worker,
    string? SqlState,
    bool Transient,
    string? Cause = null,
    bool IsOver = false
);

/// <summary>
/// Sent by a worker that stops before the partition's end, handled by the ledger, which gives it to another; may arrive
/// twice. The counts are of the batches that it did. Out of time: it had too little, and the next attempt gets more. Rest: of a
/// partition to verify the pages that were not read to their end; the counts are of those before, which are done.
/// </summary>
public sealed record PartitionReturned(
    Guid RotationId,
    long PartitionId,
    int Attempt,
    string Worker,
    RowCounts Counts,
    bool IsOver = false,
    bool OutOfTime = false,
    PageRange? Rest = null
);

/// <summary>Sent by a worker every so often while it is at a long partition, handled by the ledger, which extends the lease.</summary>
public sealed record PartitionHeartbeat(Guid RotationId, long PartitionId, int Attempt, string Worker);

/// <summary>Why a worker refuses a partition: what differs between it and the rotation, or what it lacks.</summary>
public enum Refusal
{
    /// <summary>The worker's rotation map is another one.</summary>
    MapDiffers = 1,

    /// <summary>The worker's key of the target version has another fingerprint.</summary>
    FingerprintDiffers,

    /// <summary>The worker's key ring has no key of the target version.</summary>
    KeyMissing,

    /// <summary>The worker gets no connection to the partition's database, or its role may not do there what it should.</summary>
    DatabaseOutOfReach,

    /// <summary>The command is sealed with another key than the worker's current one.</summary>
    CurrentKeyDiffers,

    /// <summary>The worker's connection string leads to another database than the rotation's.</summary>
    DatabaseDiffers,
}
