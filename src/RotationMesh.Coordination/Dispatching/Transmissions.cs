using MassTransit;
using RotationMesh.Control.Dispatching;
using RotationMesh.Control.Ledger;

namespace RotationMesh.Coordination.Dispatching;

/// <summary>
/// Counts the transmissions of a command. If a connection ends before the broker has confirmed it, the transport sends
/// it once more, and the broker may have both. Two workers may then have the attempt, and the answer of one proves
/// nothing about the other.
/// </summary>
internal sealed class Transmissions(
    WriteDeadlines deadlines,
    TakenPartition partition,
    CancellationToken cancellationToken
)
{
    private int left;

    /// <summary>Called by the transport before each transmission; the second records the deadline for good.</summary>
    public Task LeavesAsync(SendContext context) =>
        Interlocked.Increment(ref left) == 2 && partition.WriteUntil is { } until
            ? deadlines.LeaveAsync(partition.PartitionId, until, cancellationToken)
            : Task.CompletedTask;
}
