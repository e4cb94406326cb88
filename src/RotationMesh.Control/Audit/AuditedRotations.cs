namespace RotationMesh.Control.Audit;

/// <summary>
/// Holds the log against the rotations: one that is sealed was started, and ended, by programs that have written sealed
/// events of it in the same transactions.
/// </summary>
internal sealed class AuditedRotations(IReadOnlyList<SealedRotation> rotations)
{
    private readonly HashSet<Guid> started = [];
    private readonly Dictionary<Guid, AuditEvent> ended = [];

    /// <summary>Takes in an event of the log.</summary>
    public void Add(AuditEvent read)
    {
        if (read.RotationId is not { } rotation)
            return;
        if (read.Kind == nameof(AuditKind.RotationStarted))
            started.Add(rotation); // perhaps by an earlier release, if it was cancelled by this one
        if (read is { Kind: nameof(AuditKind.RotationEnded), KeyVersion: not null })
            ended[rotation] = read;
    }

    /// <summary>What the log lacks, when all of it is read.</summary>
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
    /// What may be by somebody who kept an old key: ends that are sealed with an older key than their rotations, and of which
    /// the operator noted nothing later.
    /// </summary>
    public IEnumerable<string> FindDoubts(long vouchedUpTo) =>
        from rotation in rotations
        where rotation.Concluded
        let end = ended.GetValueOrDefault(rotation.Id)
        where end?.KeyVersion < rotation.SealVersion() && end.Sequence > vouchedUpTo
        select $"Event {end.Sequence}, the end of rotation {rotation.Id}, is sealed with key version {end.KeyVersion}, and the record "
            + $"of that rotation with version {rotation.SealVersion()}: whoever kept the old key may have written the log anew. Give "
            + "what was noted later with --expect";
}

/// <summary>A rotation whose record bears a seal.</summary>
public sealed record SealedRotation
{
    /// <summary>The rotation.</summary>
    public Guid Id { get; init; }

    /// <summary>How far it is.</summary>
    public string State { get; init; } = "";

    /// <summary>Whether it is over, with its totals written.</summary>
    public bool Concluded { get; init; }

    /// <summary>The seal.</summary>
    public string? Seal { get; init; }

    /// <summary>Version of the key that it names; null where it is none.</summary>
    public int? SealVersion() => Core.Keys.Seal.TryParse(Seal)?.Version;
}
