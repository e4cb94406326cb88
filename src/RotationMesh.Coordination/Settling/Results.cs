using RotationMesh.Bus;
using RotationMesh.Contracts;
using RotationMesh.Control.Ledger;
using RotationMesh.Control.Settling;
using RotationMesh.Core;

namespace RotationMesh.Coordination.Settling;

/// <summary>
/// Reads the workers' messages for the ledger. Results are settled in batches, so a bad one must not reach the transaction
/// of the others.
/// </summary>
internal static class Results
{
    /// <summary>Stands for a failure that is not PostgreSQL's.</summary>
    private const string NoSqlState = "unknown failure";

    /// <summary>Length to which the ledger keeps names of workers.</summary>
    private const int LongestWorker = 200;

    /// <summary>More than the ledger keeps of a reason; what is longer is cut.</summary>
    private const int LongestReason = 10_000;

    /// <summary>More rows than a table of PostgreSQL holds; and millions of such counts still add up.</summary>
    private const long MostRows = 2_000_000_000_000;

    /// <summary>What is wrong with a result, without a quote of it; null where nothing is.</summary>
    public static string? Fault(object message) =>
        message switch
        {
            PartitionRotated m => AttemptFault(new(m.PartitionId, m.Attempt, m.Dispatch), m.Worker)
                ?? CountsFault(m.Counts),
            PartitionVerified m => AttemptFault(new(m.PartitionId, m.Attempt, m.Dispatch), m.Worker)
                ?? CountsFault(m.Counts),
            PartitionReturned m => AttemptFault(new(m.PartitionId, m.Attempt, m.Dispatch), m.Worker)
                ?? CountsFault(m.Counts),
            PartitionHeartbeat m => AttemptFault(new(m.PartitionId, m.Attempt, m.Dispatch), m.Worker),
            PartitionRefused m => AttemptFault(new(m.PartitionId, m.Attempt, m.Dispatch), m.Worker)
                ?? (Enum.IsDefined(m.Reason) ? TextFault(m.Detail) : "its refusal has no known reason"),
            PartitionFailed m => AttemptFault(new(m.PartitionId, m.Attempt, m.Dispatch), m.Worker)
                ?? TextFault(m.SqlState)
                ?? TextFault(m.Cause),
            _ => "it is no result",
        };

    private static string? AttemptFault(AttemptKey key, string? worker)
    {
        if (key.PartitionId < 1 || key.Number < 1 || key.Dispatch == Guid.Empty)
            return "it names no attempt at a partition";
        return MessageText.Fits(worker, LongestWorker) ? null : "it names no worker";
    }

    private static string? TextFault(string? reason) =>
        reason is null || MessageText.Fits(reason, LongestReason, mayBeEmpty: true)
            ? null
            : "its reason is no text";

    private static string? CountsFault(RowCounts? counts) =>
        counts is not null
        && IsCount(counts.Rotated)
        && IsCount(counts.Verified)
        && IsCount(counts.Failed)
        && IsCount(counts.Conflicts)
        && IsCount(counts.Contended)
        && IsCount(counts.Empty)
        && IsCount(counts.Values)
            ? null
            : "its counts can't be";

    private static bool IsCount(long rows) => rows is >= 0 and <= MostRows;

    /// <summary>The result that the message reports for its partition.</summary>
    public static PartitionResult Of(object message) =>
        message switch
        {
            PartitionRotated m => PartitionResult.Done(
                new(m.PartitionId, m.Attempt, m.Dispatch),
                m.Worker,
                Counted(m.Counts)
            ) with
            {
                IsOver = m.IsOver,
            },
            PartitionVerified m => PartitionResult.Done(
                new(m.PartitionId, m.Attempt, m.Dispatch),
                m.Worker,
                Counted(m.Counts)
            ),
            PartitionRefused m => PartitionResult.Refused(
                new(m.PartitionId, m.Attempt, m.Dispatch),
                m.Worker,
                GoalCheck.Explain(m.Reason, m.Detail)
            ) with
            {
                IsOver = m.IsOver,
            },
            PartitionFailed { Transient: true } m => PartitionResult.Stumbled(
                new(m.PartitionId, m.Attempt, m.Dispatch),
                m.Worker,
                m.SqlState ?? m.Cause ?? NoSqlState
            ) with
            {
                IsOver = m.IsOver,
            },
            PartitionFailed m => PartitionResult.Failed(
                new(m.PartitionId, m.Attempt, m.Dispatch),
                m.Worker,
                m.SqlState ?? m.Cause ?? NoSqlState
            ) with
            {
                IsOver = m.IsOver,
            },
            PartitionReturned { Rest: { } rest } m => PartitionResult.Returned(
                new(m.PartitionId, m.Attempt, m.Dispatch),
                m.Worker,
                Counted(m.Counts)
            ) with
            {
                IsOver = m.IsOver,
                IsCutShort = m.OutOfTime,
                Rest = rest,
            },
            PartitionReturned m => PartitionResult.Returned(
                new(m.PartitionId, m.Attempt, m.Dispatch),
                m.Worker,
                Counted(m.Counts) with
                {
                    Failed = 0,
                    Contended = 0,
                } // met again by the next attempt
            ) with
            {
                IsOver = m.IsOver,
                IsCutShort = m.OutOfTime,
            },
            PartitionHeartbeat m => PartitionResult.Alive(
                new(m.PartitionId, m.Attempt, m.Dispatch),
                m.Worker
            ),
            _ => throw new ArgumentException($"{message.GetType().Name} is no result", nameof(message)),
        };

    private static RowCounts Counted(RowCounts counts) =>
        counts with
        {
            Empty = Math.Min(counts.Empty, counts.Rotated + counts.Verified),
        };
}
