namespace RotationMesh.Control.Audit;

/// <summary>
/// What a verification found: number of events, hash of the newest (null: there is none), number of faults, and at most
/// <see cref="AuditVerification.MaxFaults"/> of them.
/// </summary>
public sealed record AuditVerdict(
    long Events,
    string? Head,
    long FaultCount,
    IReadOnlyList<AuditFault> Faults
)
{
    /// <summary>Whether no fault was found.</summary>
    public bool IsSound => FaultCount == 0;

    /// <summary>Why the log is not vouched for although no fault was found.</summary>
    public IReadOnlyList<string> Doubts { get; init; } = [];

    /// <summary>What an operator should know although nothing is wrong.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>
    /// Whether the log is as it was written: no fault was found, and it is vouched for up to its end. Without keys
    /// (<see cref="ChecksKeys"/>), the chain alone counts.
    /// </summary>
    public bool IsTrusted =>
        IsSound && Doubts.Count == 0 && (!ChecksKeys || Events == 0 || VouchedUpTo == HeadSequence);

    /// <summary>Position of the newest event; 0 where there is none.</summary>
    public long HeadSequence { get; init; }

    /// <summary>Position of the first event that is keyed; null where none is.</summary>
    public long? KeyedFrom { get; init; }

    /// <summary>Whether events were checked against keys.</summary>
    public bool ChecksKeys { get; init; }

    /// <summary>
    /// Position of the first event that is missing, does not fit, or begins a chain of its own; null where there is none.
    /// </summary>
    public long? BrokenAt { get; init; }

    /// <summary>Position up to which a key, or the hash that was expected, vouches for every event; 0 where none does.</summary>
    public long VouchedUpTo { get; init; }
}

/// <summary>What is wrong with an event; <paramref name="Sequence"/> is null where no one event is at fault.</summary>
public sealed record AuditFault(long? Sequence, string Problem)
{
    /// <inheritdoc/>
    public override string ToString() => Sequence is null ? Problem : $"event {Sequence} {Problem}";
}
