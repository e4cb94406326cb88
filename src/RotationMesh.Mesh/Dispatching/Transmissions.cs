using MassTransit;
using RotationMesh.Postgres.Control.Ledger;

namespace RotationMesh.Mesh.Dispatching;

/// <summary>
/// Counts how often a command leaves. Where a connection ends before the broker has confirmed it, the transport sends it once
/// more, and the broker may have both: two workers may have the attempt, and the answer of one says nothing of the other.
/// </summary>
internal sealed class Transmissions(
    WriteDeadlines deadlines,
    TakenPartition partition,
    CancellationToken cancellationToken
)
{
    private int left;

    /// <summary>Called by the transport before each transmission. Before the second the attempt's deadline is put down for good.</summary>
    public Task LeavesAsync(SendContext context) =>
        Interlocked.Increment(ref left) == 2 && partition.WriteUntil is { } until
            ? deadlines.LeaveAsync(partition.PartitionId, until, cancellationToken)
            : Task.CompletedTask;
}
