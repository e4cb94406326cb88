namespace RotationMesh.Operations.Documents;

/// <summary>Rotations, the latest first; <see cref="More"/> earlier ones were left out.</summary>
public sealed record RotationListDocument(IReadOnlyList<RotationListing> Rotations, long More);

/// <summary>One rotation in a line.</summary>
public sealed record RotationListing
{
    /// <summary>Its id.</summary>
    public required Guid RotationId { get; init; }

    /// <summary>State of the saga.</summary>
    public required string State { get; init; }

    /// <summary>Version to which it brings rows.</summary>
    public required int TargetVersion { get; init; }

    /// <summary>Identity of the map that it was started with; null where that is not known.</summary>
    public string? MapHash { get; init; }

    /// <summary>Its scopes.</summary>
    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary>Its tenants; null for all.</summary>
    public required IReadOnlyList<string>? Tenants { get; init; }

    /// <summary>Who asked for it.</summary>
    public required string? RequestedBy { get; init; }

    /// <summary>Start, by the control database's clock.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>End, by the control database's clock; null while it runs.</summary>
    public required DateTimeOffset? EndedAt { get; init; }

    /// <summary>What holds it up, or why it ended as it did.</summary>
    public required string? Reason { get; init; }

    /// <inheritdoc cref="RotationDocument.Checked"/>
    public bool? Checked { get; init; }

    /// <summary>Whether it has not ended but nothing runs it any more: the process of an embedded rotation is gone.</summary>
    public bool Abandoned { get; init; }
}
