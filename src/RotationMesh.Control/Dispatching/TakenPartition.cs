using RotationMesh.Control.Ledger;
using RotationMesh.Tables.Ranges;

namespace RotationMesh.Control.Dispatching;

/// <summary>
/// A partition to be sent to a worker. Its result counts only if it names this <paramref name="Attempt"/>, the fencing
/// number, which no other message bears. A partition to rewrite has until <paramref name="WriteUntil"/> by the clock of its
/// database; one to verify has no such time. <paramref name="CutShort"/> counts the attempts whose time was over.
/// </summary>
public sealed record TakenPartition(
    long PartitionId,
    SweepKey Sweep,
    int Attempt,
    PartitionRange Range,
    DateTime? WriteUntil,
    int CutShort = 0
);
