namespace RotationMesh.Contracts;

// Published by the coordinators, handled by the rotation saga; each may arrive twice, late, or out of order.

/// <summary>Every check has passed; the opening census is recorded.</summary>
public sealed record RotationChecked(Guid RotationId);

/// <summary>A check has failed, and nothing was written; the reason says what to mend.</summary>
public sealed record RotationRejected(Guid RotationId, string Reason);

/// <summary>A sweep is completely planned.</summary>
public sealed record RotationPlanned(Guid RotationId, int Sweep);

/// <summary>
/// The census after a sweep is written with the rotation. The message carries no counts: the saga reads its own row, so that
/// no message can end a rotation by its numbers.
/// </summary>
public sealed record RowsCounted(Guid RotationId);

/// <summary>Verification has no open partition left.</summary>
public sealed record VerificationSettled(Guid RotationId, int Sweep);

/// <summary>The closing totals are written with the rotation; like <see cref="RowsCounted"/>, it carries no counts.</summary>
public sealed record RotationConcluded(Guid RotationId);

/// <summary>
/// The last look before the end found rows below the target that the census after that sweep did not find. They came since
/// then, for example while the rotation was paused or its process gone. The saga has them counted and swept.
/// </summary>
public sealed record RowsCameLate(Guid RotationId, int Sweep);

/// <summary>The rotation waits for something; the reason is for the operator.</summary>
public sealed record RotationStalled(Guid RotationId, string Reason);

/// <summary>Too much fails: the rotation pauses until an operator has looked at it.</summary>
public sealed record BreakerTripped(Guid RotationId, string Reason);

/// <summary>
/// Another process had the target version's exclusive lock in a database while this rotation did not hold its own, and may
/// have retired the version. The rotation pauses until an operator has looked at it.
/// </summary>
public sealed record TargetVersionClosed(Guid RotationId, string Reason);

/// <summary>
/// The map no longer fits the databases, and somebody has to mend that: a table is gone, for example. The coordinator has
/// waited for it as long as <c>--patience</c> allows.
/// </summary>
public sealed record WaitTimedOut(Guid RotationId, string Reason);

/// <summary>
/// Published every few seconds for each running rotation. The saga sends the command of its state again, which replaces
/// whatever a killed process has lost.
/// </summary>
public sealed record NudgeRotation(Guid RotationId);
