using RotationMesh.Control.Dispatching;
using RotationMesh.Control.Settling;
using RotationMesh.Core;

namespace RotationMesh.IntegrationTests.Ledger;

/// <summary>What a worker might say of a partition it got.</summary>
internal static class Results
{
    public static PartitionResult Done(this TakenPartition partition, long rotated = 100) =>
        PartitionResult.Done(
            partition.PartitionId,
            partition.Attempt,
            LedgerScene.Worker,
            new RowCounts { Rotated = rotated }
        );

    public static PartitionResult Stumbled(this TakenPartition partition) =>
        PartitionResult.Stumbled(partition.PartitionId, partition.Attempt, LedgerScene.Worker, "57P01");

    public static PartitionResult Failed(this TakenPartition partition) =>
        PartitionResult.Failed(partition.PartitionId, partition.Attempt, LedgerScene.Worker, "42P01");

    public static PartitionResult Refused(this TakenPartition partition, string worker, string reason) =>
        PartitionResult.Refused(partition.PartitionId, partition.Attempt, worker, reason);

    public static PartitionResult Returned(this TakenPartition partition) =>
        PartitionResult.Returned(
            partition.PartitionId,
            partition.Attempt,
            LedgerScene.Worker,
            new RowCounts()
        );

    /// <summary>Out of time, with the first part of its pages read; with none where nothing is left over.</summary>
    public static PartitionResult CutShort(this TakenPartition partition, PageRange? rest = null) =>
        PartitionResult.Returned(
            partition.PartitionId,
            partition.Attempt,
            LedgerScene.Worker,
            new RowCounts { Verified = rest is null ? 0 : 10 }
        ) with
        {
            IsCutShort = true,
            Rest = rest,
        };

    public static PartitionResult Alive(this TakenPartition partition) =>
        PartitionResult.Alive(partition.PartitionId, partition.Attempt, LedgerScene.Worker);
}
