namespace RotationMesh.Contracts;

/// <summary>
/// Published by the ledger when a sweep has no open partition left, handled by the rotation saga; may arrive twice, and the
/// sweep's number tells.
/// </summary>
public sealed record SweepSettled(Guid RotationId, int Sweep);

/// <summary>Published by the gate watch, handled by the rotation saga, which stops dispatching; may arrive twice.</summary>
public sealed record GateLost(Guid RotationId, string Gate, string Reason);

/// <summary>Published by the gate watch when every gate holds, handled by the rotation saga, which goes on; may arrive twice.</summary>
public sealed record GatesHold(Guid RotationId);
