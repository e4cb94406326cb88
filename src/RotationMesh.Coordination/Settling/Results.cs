using RotationMesh.Bus;
using RotationMesh.Contracts;
using RotationMesh.Control.Ledger;
using RotationMesh.Control.Settling;

namespace RotationMesh.Coordination.Settling;

/// <summary>Reads the workers' messages for the ledger.</summary>
internal static class Results
{
    /// <summary>Stands for a failure that is not PostgreSQL's.</summary>
    private const string NoSqlState = "unknown failure";

    /// <summary>The result that the message reports for its partition.</summary>
    public static PartitionResult Of(object message) =>
        message switch
        {
            PartitionRotated m => PartitionResult.Done(
                m.PartitionId,
                m.Attempt,
                m.Worker,
                Rotated(m.Counts)
            ) with
            {
                IsOver = m.IsOver,
            },
            PartitionVerified m => PartitionResult.Done(
                m.PartitionId,
                m.Attempt,
                m.Worker,
                Verified(m.Counts)
            ),
            PartitionRefused m => PartitionResult.Refused(
                m.PartitionId,
                m.Attempt,
                m.Worker,
                GoalCheck.Explain(m.Reason, m.Detail)
            ) with
            {
                IsOver = m.IsOver,
            },
            PartitionFailed { Transient: true } m => PartitionResult.Stumbled(
                m.PartitionId,
                m.Attempt,
                m.Worker,
                m.SqlState ?? m.Cause ?? NoSqlState
            ) with
            {
                IsOver = m.IsOver,
            },
            PartitionFailed m => PartitionResult.Failed(
                m.PartitionId,
                m.Attempt,
                m.Worker,
                m.SqlState ?? m.Cause ?? NoSqlState
            ) with
            {
                IsOver = m.IsOver,
            },
            PartitionReturned { Rest: { } rest } m => PartitionResult.Returned(
                m.PartitionId,
                m.Attempt,
                m.Worker,
                Verified(m.Counts)
            ) with
            {
                IsOver = m.IsOver,
                IsCutShort = m.OutOfTime,
                Rest = new(Page(rest.First), Page(rest.End)),
            },
            PartitionReturned m => PartitionResult.Returned(
                m.PartitionId,
                m.Attempt,
                m.Worker,
                Rotated(m.Counts) with
                {
                    FailedRows = 0,
                    Contended = 0,
                } // met again by the next attempt
            ) with
            {
                IsOver = m.IsOver,
                IsCutShort = m.OutOfTime,
            },
            PartitionHeartbeat m => PartitionResult.Alive(m.PartitionId, m.Attempt, m.Worker),
            _ => throw new ArgumentException($"{message.GetType().Name} is no result", nameof(message)),
        };

    private static uint Page(long page) => (uint)Math.Clamp(page, 0, uint.MaxValue);

    private static PartitionCounts Rotated(RowCounts counts) =>
        new()
        {
            Rotated = counts.Rotated,
            Conflicts = counts.Conflicts,
            Contended = counts.Contended,
            FailedRows = counts.Failed,
            EmptyRows = Math.Clamp(counts.Empty, 0, Math.Max(0, counts.Rotated)),
            DecryptedValues = Math.Max(0, counts.Values),
        };

    private static PartitionCounts Verified(RowCounts counts) =>
        new()
        {
            Verified = counts.Rows,
            FailedRows = counts.Failed,
            EmptyRows = Math.Clamp(counts.Empty, 0, Math.Max(0, counts.Rows)),
            DecryptedValues = Math.Max(0, counts.Values),
        };
}
