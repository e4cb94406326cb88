using RotationMesh.Control.Ledger;
using RotationMesh.Tables.Ranges;

namespace RotationMesh.Control.Settling;

/// <summary>What a worker says of one attempt at a partition.</summary>
public sealed record PartitionResult
{
    private PartitionResult(PartitionResultKind kind, long partitionId, int attempt, string worker)
    {
        Kind = kind;
        PartitionId = partitionId;
        Attempt = attempt;
        Worker = worker;
    }

    /// <summary>What happened.</summary>
    public PartitionResultKind Kind { get; }

    /// <summary>The partition.</summary>
    public long PartitionId { get; }

    /// <summary>The attempt that it was sent with.</summary>
    public int Attempt { get; }

    /// <summary>The worker that speaks.</summary>
    public string Worker { get; }

    /// <summary>What became of the rows; zero unless done or given back.</summary>
    public PartitionCounts Counts { get; private init; }

    /// <summary>SQLSTATE or a short cause, never a value; null if done or alive.</summary>
    public string? Reason { get; private init; }

    /// <summary>
    /// Whether nobody writes by this attempt any more: the worker's own word on what only it ever had. Else the attempt's
    /// deadline is waited for. The default value is false.
    /// </summary>
    public bool IsOver { get; init; }

    /// <summary>
    /// Whether it was given back because the attempt's time had come to its end: the next one has twice as much to write, or reads
    /// smaller parts.
    /// </summary>
    public bool IsCutShort { get; init; }

    /// <summary>
    /// Of a partition to verify that was given back: the pages that are left, where those before are done. The partition is
    /// these from now on.
    /// </summary>
    public PageRange? Rest { get; init; }

    /// <summary>The partition is done; rows that failed one by one are among its counts.</summary>
    public static PartitionResult Done(
        long partitionId,
        int attempt,
        string worker,
        PartitionCounts counts
    ) => new(PartitionResultKind.Done, partitionId, attempt, worker) { Counts = counts };

    /// <summary>The partition could not be worked on as a whole, but might be later.</summary>
    public static PartitionResult Stumbled(long partitionId, int attempt, string worker, string reason) =>
        new(PartitionResultKind.Stumbled, partitionId, attempt, worker) { Reason = reason };

    /// <summary>The partition can't be worked on, now or later, unless somebody repairs the cause.</summary>
    public static PartitionResult Failed(long partitionId, int attempt, string worker, string reason) =>
        new(PartitionResultKind.Failed, partitionId, attempt, worker) { Reason = reason };

    /// <summary>This worker may not do it: its map or key differs from the rotation's. Another may.</summary>
    public static PartitionResult Refused(long partitionId, int attempt, string worker, string reason) =>
        new(PartitionResultKind.Refused, partitionId, attempt, worker) { Reason = reason };

    /// <summary>The worker gives it back untouched or half done, because it stops; the counts are of what it did.</summary>
    public static PartitionResult Returned(
        long partitionId,
        int attempt,
        string worker,
        PartitionCounts counts
    ) => new(PartitionResultKind.Returned, partitionId, attempt, worker) { Counts = counts };

    /// <summary>The worker is still at it: the lease begins again.</summary>
    public static PartitionResult Alive(long partitionId, int attempt, string worker) =>
        new(PartitionResultKind.Alive, partitionId, attempt, worker);
}

/// <summary>What happened in an attempt.</summary>
public enum PartitionResultKind
{
    /// <summary>All rows were seen.</summary>
    Done,

    /// <summary>A transient failure of the whole.</summary>
    Stumbled,

    /// <summary>A failure of the whole that trying again does not help.</summary>
    Failed,

    /// <summary>The worker would not touch it.</summary>
    Refused,

    /// <summary>The worker stopped before its end.</summary>
    Returned,

    /// <summary>The worker is still at it.</summary>
    Alive,
}
