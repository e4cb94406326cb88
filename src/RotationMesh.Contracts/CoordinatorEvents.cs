namespace RotationMesh.Contracts;

// Published by the coordinators, handled by the rotation saga; each may arrive twice, late, or after another.

/// <summary>Everything fits; the opening census is recorded.</summary>
public sealed record RotationChecked(Guid RotationId);

/// <summary>Something does not fit, and nothing was written; the reason says what to mend.</summary>
public sealed record RotationRejected(Guid RotationId, string Reason);

/// <summary>A sweep is planned to its end.</summary>
public sealed record RotationPlanned(Guid RotationId, int Sweep);

/// <summary>
/// The census after a sweep is written with the rotation. The message carries no number: the saga reads its own row, so
/// nobody ends a rotation by what a message says.
/// </summary>
public sealed record RowsCounted(Guid RotationId, int Sweep);

/// <summary>Verification has no open partition left.</summary>
public sealed record VerificationSettled(Guid RotationId, int Sweep);

/// <summary>The closing totals are written with the rotation; as <see cref="RowsCounted"/> it carries no number.</summary>
public sealed record RotationConcluded(Guid RotationId, int Sweep);

/// <summary>
/// The last look before the end found rows below the target that the census after that sweep did not: they came since then,
/// while the rotation was paused or its process gone, say. They are counted and swept anew.
/// </summary>
public sealed record RowsCameLate(Guid RotationId, int Sweep);

/// <summary>Something keeps a rotation from going on, and it waits for that to change; for the operator to read.</summary>
public sealed record RotationStalled(Guid RotationId, string Reason);

/// <summary>Too much fails: somebody should look before more is tried.</summary>
public sealed record BreakerTripped(Guid RotationId, string Reason);

/// <summary>
/// Somebody had the target version alone in a database while this rotation did not hold it there, and may have retired it:
/// somebody should look before more is written towards it.
/// </summary>
public sealed record TargetVersionClosed(Guid RotationId, string Reason);

/// <summary>
/// The map does not fit the databases any more, and somebody has to mend that: a table is gone, say. It was waited for as
/// long as whoever runs the rotation has patience.
/// </summary>
public sealed record PatienceEnded(Guid RotationId, string Reason);

/// <summary>
/// Published every few seconds for each rotation that runs: its state sends its command again, so that what was lost with
/// a process is made up for.
/// </summary>
public sealed record NudgeRotation(Guid RotationId);
