using RotationMesh.Control.Dispatching;
using RotationMesh.Control.Settling;
using RotationMesh.Core;

namespace RotationMesh.IntegrationTests.Ledger;

/// <summary>What a worker might say of a partition it got.</summary>
internal static class Results
{
    public static PartitionResult Done(this TakenPartition partition, long rotated = 100) =>
        PartitionResult.Done(partition.Key, LedgerScene.Worker, new RowCounts { Rotated = rotated });

    public static PartitionResult Stumbled(this TakenPartition partition) =>
        PartitionResult.Stumbled(partition.Key, LedgerScene.Worker, "57P01");

    public static PartitionResult Failed(this TakenPartition partition) =>
        PartitionResult.Failed(partition.Key, LedgerScene.Worker, "42P01");

    public static PartitionResult Refused(this TakenPartition partition, string worker, string reason) =>
        PartitionResult.Refused(partition.Key, worker, reason);

    public static PartitionResult Returned(this TakenPartition partition) =>
        PartitionResult.Returned(partition.Key, LedgerScene.Worker, new RowCounts());

    /// <summary>Out of time, with the first part of its pages read; with none where nothing is left over.</summary>
    public static PartitionResult CutShort(this TakenPartition partition, PageRange? rest = null) =>
        PartitionResult.Returned(
            partition.Key,
            LedgerScene.Worker,
            new RowCounts { Verified = rest is null ? 0 : 10 }
        ) with
        {
            IsCutShort = true,
            Rest = rest,
        };

    public static PartitionResult Alive(this TakenPartition partition) =>
        PartitionResult.Alive(partition.Key, LedgerScene.Worker);
}
