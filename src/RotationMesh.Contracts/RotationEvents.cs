namespace RotationMesh.Contracts;

/// <summary>
/// Published by the ledger watch when a sweep has no open partition left, handled by the rotation saga; may arrive twice, and
/// the sweep's number shows a late one.
/// </summary>
public sealed record SweepSettled(Guid RotationId, int Sweep);

/// <summary>
/// Published by the gate watch, or in answer to <see cref="CheckGates"/>, handled by the rotation saga, which stops
/// dispatching; may arrive twice.
/// </summary>
public sealed record GateLost(Guid RotationId, string Reason);

/// <summary>
/// Published when every gate holds, by the gate watch or in answer to <see cref="CheckGates"/>, handled by the rotation
/// saga, which continues; may arrive twice.
/// </summary>
public sealed record GatesHold(Guid RotationId);
