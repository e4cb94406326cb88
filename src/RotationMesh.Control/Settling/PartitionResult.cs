using RotationMesh.Control.Ledger;
using RotationMesh.Core;

namespace RotationMesh.Control.Settling;

/// <summary>What a worker reports on one attempt at a partition.</summary>
public sealed record PartitionResult
{
    private PartitionResult(PartitionResultKind kind, AttemptKey key, string worker)
    {
        Kind = kind;
        Key = key;
        Worker = worker;
    }

    /// <summary>What happened.</summary>
    public PartitionResultKind Kind { get; }

    /// <summary>The attempt, as it was sent to the worker.</summary>
    public AttemptKey Key { get; }

    /// <summary>The partition.</summary>
    public long PartitionId => Key.PartitionId;

    /// <summary>The worker that reports.</summary>
    public string Worker { get; }

    /// <summary>What became of the rows; zero unless done or given back.</summary>
    public RowCounts Counts { get; private init; } = RowCounts.None;

    /// <summary>SQLSTATE or a short cause, never a value; null if done, given back or alive.</summary>
    public string? Reason { get; private init; }

    /// <summary>
    /// Whether nobody writes by this attempt any more: the worker says so, and no other worker ever had the attempt. Otherwise
    /// the attempt's write deadline is waited for. The default value is false.
    /// </summary>
    public bool IsOver { get; init; }

    /// <summary>
    /// Whether the worker gave it back because the attempt's time was over: the next one has twice as much time to write, or
    /// reads smaller parts.
    /// </summary>
    public bool IsCutShort { get; init; }

    /// <summary>
    /// The pages that are left of a partition that was given back; those before are done. The partition consists of the rest
    /// from now on.
    /// </summary>
    public PageRange? Rest { get; init; }

    /// <summary>The partition is done; rows that failed one by one are among its counts.</summary>
    public static PartitionResult Done(AttemptKey key, string worker, RowCounts counts) =>
        new(PartitionResultKind.Done, key, worker) { Counts = counts };

    /// <summary>The partition could not be worked on as a whole, but might be later.</summary>
    public static PartitionResult Stumbled(AttemptKey key, string worker, string reason) =>
        new(PartitionResultKind.Stumbled, key, worker) { Reason = reason };

    /// <summary>The partition can't be worked on, now or later, unless somebody repairs the cause.</summary>
    public static PartitionResult Failed(AttemptKey key, string worker, string reason) =>
        new(PartitionResultKind.Failed, key, worker) { Reason = reason };

    /// <summary>This worker may not do it: its map or key differs from the rotation's. Another may.</summary>
    public static PartitionResult Refused(AttemptKey key, string worker, string reason) =>
        new(PartitionResultKind.Refused, key, worker) { Reason = reason };

    /// <summary>
    /// The worker gives it back untouched or half done, because it stops or the time is over; the counts are of what it did.
    /// </summary>
    public static PartitionResult Returned(AttemptKey key, string worker, RowCounts counts) =>
        new(PartitionResultKind.Returned, key, worker) { Counts = counts };

    /// <summary>A heartbeat: the lease begins again.</summary>
    public static PartitionResult Alive(AttemptKey key, string worker) =>
        new(PartitionResultKind.Alive, key, worker);
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

    /// <summary>The worker refused it: its map or key differs.</summary>
    Refused,

    /// <summary>The worker gave it back before its end.</summary>
    Returned,

    /// <summary>A heartbeat.</summary>
    Alive,
}
