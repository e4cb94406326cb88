using RotationMesh.Contracts;

namespace RotationMesh.Coordination.Settling;

/// <summary>
/// Checks whether a result can be settled. Results are settled in batches, so a bad one must not reach the transaction
/// of the others.
/// </summary>
internal static class ResultCheck
{
    /// <summary>Length to which the ledger keeps names of workers.</summary>
    private const int LongestWorker = 200;

    /// <summary>More than the ledger keeps of a reason; what is longer is cut.</summary>
    private const int LongestReason = 10_000;

    /// <summary>More rows than a table of PostgreSQL holds; and millions of such counts still add up.</summary>
    private const long MostRows = 2_000_000_000_000;

    /// <summary>What is wrong with it, without a quote of it; null where nothing is.</summary>
    public static string? Fault(object message) =>
        message switch
        {
            PartitionRotated m => Of(m.PartitionId, m.Attempt, m.Worker) ?? Of(m.Counts),
            PartitionVerified m => Of(m.PartitionId, m.Attempt, m.Worker) ?? Of(m.Counts),
            PartitionReturned m => Of(m.PartitionId, m.Attempt, m.Worker) ?? Of(m.Counts),
            PartitionHeartbeat m => Of(m.PartitionId, m.Attempt, m.Worker),
            PartitionRefused m => Of(m.PartitionId, m.Attempt, m.Worker)
                ?? (Enum.IsDefined(m.Reason) ? Of(m.Detail) : "its refusal has no known reason"),
            PartitionFailed m => Of(m.PartitionId, m.Attempt, m.Worker) ?? Of(m.SqlState) ?? Of(m.Cause),
            _ => "it is no result",
        };

    private static string? Of(long partitionId, int attempt, string? worker)
    {
        if (partitionId < 1 || attempt < 1)
            return "it names no attempt at a partition";
        return MessageText.Fits(worker, LongestWorker) ? null : "it names no worker";
    }

    private static string? Of(string? reason) =>
        reason is null || MessageText.Fits(reason, LongestReason, mayBeEmpty: true)
            ? null
            : "its reason is no text";

    private static string? Of(RowCounts? counts) =>
        counts is not null
        && IsCount(counts.Rows)
        && IsCount(counts.Rotated)
        && IsCount(counts.Current)
        && IsCount(counts.External)
        && IsCount(counts.Failed)
        && IsCount(counts.Conflicts)
        && IsCount(counts.Contended)
        && IsCount(counts.Empty)
        && IsCount(counts.Values)
            ? null
            : "its counts can't be";

    private static bool IsCount(long rows) => rows is >= 0 and <= MostRows;
}
