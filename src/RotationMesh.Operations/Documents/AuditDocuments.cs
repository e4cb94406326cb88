using System.Text.Json.Nodes;

namespace RotationMesh.Operations.Documents;

/// <summary>Events of the audit log in their order; <see cref="More"/> of the same kind were left out.</summary>
public sealed record AuditDocument(IReadOnlyList<AuditEventDocument> Events, long More);

/// <summary>An event of the audit log.</summary>
public sealed record AuditEventDocument
{
    /// <summary>Position in the chain, from 1.</summary>
    public required long Sequence { get; init; }

    /// <summary>When, by the control database's clock.</summary>
    public required DateTimeOffset RecordedAt { get; init; }

    /// <summary>What happened.</summary>
    public required string Kind { get; init; }

    /// <summary>The rotation that it happened to.</summary>
    public required Guid? RotationId { get; init; }

    /// <summary>Who did it: an operator, the name of an API token, or the program itself.</summary>
    public required string Actor { get; init; }

    /// <summary>Machine of the process that wrote it.</summary>
    public required string Host { get; init; }

    /// <summary>The rest: an object that depends on the kind.</summary>
    public required JsonNode? Details { get; init; }

    /// <summary>Hash of the event, in hex.</summary>
    public required string Hash { get; init; }

    /// <summary>Version of the master key under which it was written; null before the log was keyed.</summary>
    public int? KeyVersion { get; init; }
}

/// <summary>
/// What a verification of the audit log found. <paramref name="Head"/> is the hash of the newest event: noted elsewhere, it
/// shows later whether events were cut off. At most a hundred of the faults are listed.
/// </summary>
public sealed record AuditVerdictDocument(
    bool Ok,
    long Events,
    string? Head,
    long FaultCount,
    IReadOnlyList<AuditFaultDocument> Faults
)
{
    /// <summary>Position and hash of the newest event, as sequence:hash: what to note, and to expect later.</summary>
    public string? Anchor { get; init; }

    /// <summary>Position of the first event that is keyed; those before it are from before the upgrade. Null where none is.</summary>
    public long? KeyedFrom { get; init; }

    /// <summary>Position up to which a key, or the expected hash, vouches for every event; 0 where none does.</summary>
    public long VouchedUpTo { get; init; }

    /// <summary>What was not checked, and so may be otherwise than it looks; a sentence each.</summary>
    public IReadOnlyList<string> Unchecked { get; init; } = [];
}

/// <summary>What is wrong with an event; <paramref name="Sequence"/> is null where no one event is at fault.</summary>
public sealed record AuditFaultDocument(long? Sequence, string Problem);
