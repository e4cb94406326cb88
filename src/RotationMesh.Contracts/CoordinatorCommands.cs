namespace RotationMesh.Contracts;

// Sent by the rotation saga to the coordinators, one queue a kind. Each may arrive twice, for the saga sends the command of
// its state again with every nudge; what is done already is answered again, what is under way is left to whoever is at it.

/// <summary>Asks for schema, tenants, keys and the opening census; answered by <see cref="RotationChecked"/> or <see cref="RotationRejected"/>.</summary>
public sealed record CheckRotation(Guid RotationId, RotationGoal Goal);

/// <summary>Asks whether the gates hold; answered by <see cref="GatesHold"/> or <see cref="GateLost"/>.</summary>
public sealed record CheckGates(Guid RotationId, RotationGoal Goal);

/// <summary>
/// Asks for the partitions of a sweep, 1 for the first pass; answered by <see cref="RotationPlanned"/>. The planner waits
/// the longer, the more sweeps before have brought nothing. Where it is retrying, those recorded failures are tried again.
/// </summary>
public sealed record PlanRotation(
    Guid RotationId,
    int Sweep,
    int IdleSweeps,
    RetriedRows? Retrying,
    RotationGoal Goal
);

/// <summary>Whose failures are tried again; an empty list narrows nothing.</summary>
public sealed record RetriedRows(
    IReadOnlyList<string> Scopes,
    IReadOnlyList<string> Tenants,
    IReadOnlyList<string> Errors
);

/// <summary>Asks for the census that decides whether a sweep was the last; answered by <see cref="RowsCounted"/>.</summary>
public sealed record CountRows(Guid RotationId, int Sweep, RotationGoal Goal);

/// <summary>Asks for the partitions to decrypt; <see cref="VerificationSettled"/> tells when they are done.</summary>
public sealed record PlanVerification(Guid RotationId, int Sweep, RotationGoal Goal);

/// <summary>Asks for the closing totals; answered by <see cref="RotationConcluded"/> once no partition is with a worker.</summary>
public sealed record ConcludeRotation(Guid RotationId, int Sweep, bool Cancelled, RotationGoal Goal);
