namespace RotationMesh.Contracts;

/// <summary>
/// Sent by the rotation saga, handled by the planner, which counts the rows left and writes partitions into the ledger; may
/// arrive twice, and the partitions of a sweep are written once.
/// </summary>
public sealed record PlanRotation
{
    public required Guid RotationId { get; init; }

    /// <summary>1 for the first pass; each later one looks for what the pass before left.</summary>
    public required int Sweep { get; init; }

    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary>Empty: all tenants.</summary>
    public required IReadOnlyList<string> Tenants { get; init; }

    public required int TargetVersion { get; init; }
    public bool AllowDowngrade { get; init; }
    public required string MapHash { get; init; }
    public required string TargetFingerprint { get; init; }
}

/// <summary>
/// Published by the planner, handled by the rotation saga; may arrive twice, and the sweep's number tells. No partitions
/// means that nothing is left to rotate.
/// </summary>
public sealed record RotationPlanned(Guid RotationId, int Sweep, long Partitions, long Rows);
