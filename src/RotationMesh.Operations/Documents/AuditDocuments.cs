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
);

/// <summary>What is wrong with an event; <paramref name="Sequence"/> is null where no one event is at fault.</summary>
public sealed record AuditFaultDocument(long? Sequence, string Problem);
