using RotationMesh.Core.Gates;

namespace RotationMesh.Contracts;

/// <summary>
/// Sent by the relay or an embedding process, handled by the rotation saga; may arrive twice, and the duplicate finds the
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

    /// <summary>How much to verify: <c>counts</c>, <c>full</c>, <c>sample:N%</c>, or empty for the default.</summary>
    public string Verify { get; init; } = "";

    /// <summary>Whether the requesting process runs it, over the transport in memory: coordinators leave it alone.</summary>
    public bool Embedded { get; init; }

    public bool PauseWorkers { get; init; }
    public IReadOnlyList<IgnoredGate> IgnoredGates { get; init; } = [];

    /// <summary>When the newest snapshot was taken, as the operator states; null where the operator stated nothing.</summary>
    public DateTimeOffset? SnapshotTakenAt { get; init; }

    /// <summary>The requester, as the audit log shows it.</summary>
    public required string RequestedBy { get; init; }

    /// <summary>Command line of the request; it holds no secret, since no option takes one.</summary>
    public string? CommandLine { get; init; }

    public required string MapHash { get; init; }
    public required string TargetFingerprint { get; init; }
}
