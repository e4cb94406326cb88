using RotationMesh.Control.Ledger;
using RotationMesh.Tables.Ranges;

namespace RotationMesh.Control.Dispatching;

/// <summary>
/// A partition to be sent to a worker. Its result counts only if it names this <paramref name="Key"/>, which no other
/// message bears. A partition to rewrite may be written until <paramref name="WriteUntil"/>, by the
/// clock of its database; one to verify has no write deadline. <paramref name="CutShort"/> counts the attempts that ran out
/// of time, except those that left only a rest of the pages.
/// </summary>
public sealed record TakenPartition(
    AttemptKey Key,
    SweepKey Sweep,
    PartitionRange Range,
    DateTime? WriteUntil,
    int CutShort = 0
)
{
    /// <summary>Its number in the ledger.</summary>
    public long PartitionId => Key.PartitionId;

    /// <summary>The number of the attempt, from 1.</summary>
    public int Attempt => Key.Number;
}
