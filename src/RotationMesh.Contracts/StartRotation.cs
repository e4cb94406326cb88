namespace RotationMesh.Contracts;

/// <summary>
/// Sent by the CLI or the coordinator's API, handled by the rotation saga; may arrive twice, and the second one finds the
/// rotation running.
/// </summary>
public sealed record StartRotation
{
    public required Guid RotationId { get; init; }
    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary>Empty: all tenants.</summary>
    public required IReadOnlyList<string> Tenants { get; init; }

    public required int TargetVersion { get; init; }
    public required int BatchSize { get; init; }
    public bool AllowDowngrade { get; init; }

    /// <summary>How much is decrypted again: <c>counts</c>, <c>full</c>, <c>sample:N%</c>, or empty for the default.</summary>
    public string Verify { get; init; } = "";

    /// <summary>Run by the process that asks, over its own transport: coordinators leave it alone.</summary>
    public bool Embedded { get; init; }

    public bool PauseWorkers { get; init; }
    public IReadOnlyList<IgnoredGate> IgnoredGates { get; init; } = [];

    /// <summary>When the newest snapshot was taken, as the operator says; null where nothing was said.</summary>
    public DateTimeOffset? SnapshotTakenAt { get; init; }

    /// <summary>Who asked, as the audit log shows it.</summary>
    public required string RequestedBy { get; init; }

    /// <summary>Command line by which it was asked; it holds no secret, as no option takes one.</summary>
    public string? CommandLine { get; init; }

    public required string MapHash { get; init; }
    public required string TargetFingerprint { get; init; }
}

/// <summary>A gate that an operator overrides, and why.</summary>
public sealed record IgnoredGate(string Gate, string Reason);
