namespace RotationMesh.Contracts;

/// <summary>
/// The goal of a rotation. Every command of the saga carries it, so that a coordinator needs nothing else, and can compare
/// its own map and key with the rotation's.
/// </summary>
public sealed record RotationGoal
{
    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary>Empty: all tenants.</summary>
    public required IReadOnlyList<string> Tenants { get; init; }

    public required int TargetVersion { get; init; }

    /// <summary>How much to verify: <c>counts</c>, <c>full</c>, <c>sample:N%</c>, or empty for the default.</summary>
    public string Verify { get; init; } = "";

    public required string MapHash { get; init; }
    public required string TargetFingerprint { get; init; }
}
