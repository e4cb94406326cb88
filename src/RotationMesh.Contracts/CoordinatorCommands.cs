namespace RotationMesh.Contracts;

// Sent by the rotation saga to the coordinators, one queue for each type. Each may arrive twice, since the saga sends the
// command of its state again with every nudge. A coordinator answers again what is done, and leaves alone what another does.

/// <summary>
/// Asks for a check of schema, tenants and keys, and for the opening census; answered by <see cref="RotationChecked"/> or
/// <see cref="RotationRejected"/>.
/// </summary>
public sealed record CheckRotation(Guid RotationId, RotationGoal Goal);

/// <summary>Asks whether the gates hold; answered by <see cref="GatesHold"/> or <see cref="GateLost"/>.</summary>
public sealed record CheckGates(Guid RotationId, RotationGoal Goal);

/// <summary>
/// Asks for the partitions of a sweep, 1 for the first pass; answered by <see cref="RotationPlanned"/>. If the sweep before
/// rotated nothing, the planner waits first, longer after more idle sweeps. Retrying names recorded failures to try again.
/// </summary>
public sealed record PlanRotation(
    Guid RotationId,
    int Sweep,
    int IdleSweeps,
    RetriedRows? Retrying,
    RotationGoal Goal
);

/// <summary>Failures to try again; an empty list narrows nothing.</summary>
public sealed record RetriedRows(
    IReadOnlyList<string> Scopes,
    IReadOnlyList<string> Tenants,
    IReadOnlyList<string> Errors
);

/// <summary>Asks for the census that decides whether a sweep was the last; answered by <see cref="RowsCounted"/>.</summary>
public sealed record CountRows(Guid RotationId, int Sweep, RotationGoal Goal);

/// <summary>Asks for the partitions to decrypt; <see cref="VerificationSettled"/> tells when they are done.</summary>
public sealed record PlanVerification(Guid RotationId, int Sweep, RotationGoal Goal);

/// <summary>
/// Asks for the closing totals; answered by <see cref="RotationConcluded"/> or <see cref="RowsCameLate"/>, once no partition
/// is with a worker.
/// </summary>
public sealed record ConcludeRotation(Guid RotationId, int Sweep, bool Cancelled, RotationGoal Goal);
