namespace RotationMesh.Control.Ledger;

/// <summary>
/// One attempt at a partition. Its number orders the attempts. <paramref name="Dispatch"/> is made up for each take: a control
/// database that was restored, or failed over to a standby that lacked its last commits, gives out the same numbers again.
/// </summary>
public readonly record struct AttemptKey(long PartitionId, int Number, Guid Dispatch);
