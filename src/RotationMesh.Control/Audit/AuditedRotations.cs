using RotationMesh.Core;

namespace RotationMesh.Control.Audit;

/// <summary>
/// Checks the log against the rotations. The programs that start and end a sealed rotation write sealed events of it in the
/// same transactions.
/// </summary>
internal sealed class AuditedRotations(IReadOnlyList<SealedRotation> rotations)
{
    private readonly HashSet<Guid> started = [];
    private readonly Dictionary<Guid, AuditEvent> ended = [];

    /// <summary>Adds an event of the log.</summary>
    public void Add(AuditEvent read)
    {
        if (read.RotationId is not { } rotation)
            return;
        if (read.Kind == nameof(AuditKind.RotationStarted))
            started.Add(rotation); // sealed or not: an earlier release may have started what this one cancelled
        if (read is { Kind: nameof(AuditKind.RotationEnded), KeyVersion: not null })
            ended[rotation] = read;
    }

    /// <summary>Returns what the log lacks. Call it after the last event.</summary>
    public IEnumerable<string> FindFaults()
    {
        foreach (var rotation in rotations)
        {
            if (!started.Contains(rotation.Id))
                yield return $"no event tells of the start of rotation {rotation.Id}, whose record is sealed";
            if (rotation.Concluded && ended.GetValueOrDefault(rotation.Id)?.EndState() != rotation.State)
                yield return $"no event that is sealed says that rotation {rotation.Id} ended as {rotation.State}, as its "
                    + "sealed record does";
        }
    }

    /// <summary>
    /// Returns what somebody who kept an old key may have written: ends that are sealed with an older key than that of the
    /// rotation's target, or than their records name, where the operator noted no later event.
    /// </summary>
    public IEnumerable<string> FindDoubts(long vouchedUpTo) =>
        from rotation in rotations
        where rotation.Concluded
        let end = ended.GetValueOrDefault(rotation.Id)
        where end?.KeyVersion < rotation.LeastVersion && end.Sequence > vouchedUpTo
        select $"Event {end.Sequence}, the end of rotation {rotation.Id}, is sealed with key version {end.KeyVersion}, and that rotation "
            + $"ended with version {rotation.LeastVersion}: whoever kept the old key may have written the log anew. Give what was noted "
            + "later with --expect";
}

/// <summary>A rotation whose record bears a seal.</summary>
public sealed record SealedRotation
{
    /// <summary>The rotation.</summary>
    public Guid Id { get; init; }

    /// <summary>Its state.</summary>
    public string State { get; init; } = "";

    /// <summary>Whether it is over, with its totals written.</summary>
    public bool Concluded { get; init; }

    /// <summary>The seal.</summary>
    public string? Seal { get; init; }

    /// <summary>Version of its target.</summary>
    public int TargetVersion { get; init; }

    /// <summary>
    /// No older key sealed its end. The key that a completed rotation brought rows to was current then. The version that the seal
    /// names is under no code, so it can only raise this one.
    /// </summary>
    public int LeastVersion =>
        Math.Max(
            State is RotationState.Completed or RotationState.CompletedWithFailures ? TargetVersion : 0,
            Core.Keys.Seal.TryParse(Seal)?.Version ?? 0
        );
}
