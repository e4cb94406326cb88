using System.Text.Json.Nodes;

namespace RotationMesh.Operations.Documents;

/// <summary>Events of the audit log in their order; <see cref="More"/> further ones were left out.</summary>
public sealed record AuditDocument(IReadOnlyList<AuditEventDocument> Events, long More);

/// <summary>An event of the audit log.</summary>
public sealed record AuditEventDocument
{
    /// <summary>Position in the chain, from 1.</summary>
    public required long Sequence { get; init; }

    /// <summary>When it was recorded, by the control database's clock.</summary>
    public required DateTimeOffset RecordedAt { get; init; }

    /// <summary>What happened.</summary>
    public required string Kind { get; init; }

    /// <summary>The rotation that it is about; null for none.</summary>
    public required Guid? RotationId { get; init; }

    /// <summary>Who did it: an operator, the name of an API token, or the program itself.</summary>
    public required string Actor { get; init; }

    /// <summary>Machine of the process that wrote it.</summary>
    public required string Host { get; init; }

    /// <summary>Further details: an object that depends on the kind.</summary>
    public required JsonNode? Details { get; init; }

    /// <summary>Hash of the event, in hex.</summary>
    public required string Hash { get; init; }

    /// <summary>Version of the master key that authenticates it; null for an event from before the log was keyed.</summary>
    public int? KeyVersion { get; init; }
}

/// <summary>
/// The result of a verification of the audit log. <paramref name="Head"/> is the hash of the newest event: somebody who
/// noted it elsewhere can later tell whether events were cut off. <paramref name="Faults"/> lists at most a hundred of
/// the faults.
/// </summary>
public sealed record AuditVerdictDocument(
    bool Ok,
    long Events,
    string? Head,
    long FaultCount,
    IReadOnlyList<AuditFaultDocument> Faults
)
{
    /// <summary>Position and hash of the newest event, as <c>sequence:hash</c>: what to note, and to expect later.</summary>
    public string? Anchor { get; init; }

    /// <summary>
    /// Position of the first event with a key; earlier events are from before the upgrade. Null where no event has one.
    /// </summary>
    public long? KeyedFrom { get; init; }

    /// <summary>
    /// Position of the first event that is missing, does not fit, or begins a chain of its own; null where there is none.
    /// Nothing later vouches for what stands before it.
    /// </summary>
    public long? BrokenAt { get; init; }

    /// <summary>Position up to which a key, or the expected hash, proves every event; 0 where nothing is proved.</summary>
    public long VouchedUpTo { get; init; }

    /// <summary>What was not checked, and may therefore differ from what it seems; one sentence each.</summary>
    public IReadOnlyList<string> Unchecked { get; init; } = [];
}

/// <summary>What is wrong with an event; <paramref name="Sequence"/> is null where the fault is not in one event.</summary>
public sealed record AuditFaultDocument(long? Sequence, string Problem);
