namespace RotationMesh.Contracts;

/// <summary>
/// What a rotation is to reach, as every command of the saga carries it: whoever handles one needs nothing else, and
/// sees at once whether its own map and key are the rotation's.
/// </summary>
public sealed record RotationGoal
{
    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary>Empty: all tenants.</summary>
    public required IReadOnlyList<string> Tenants { get; init; }

    public required int TargetVersion { get; init; }
    public bool AllowDowngrade { get; init; }

    /// <summary>How much is decrypted again: <c>counts</c>, <c>full</c>, <c>sample:N%</c>, or empty for the default.</summary>
    public string Verify { get; init; } = "";

    public required string MapHash { get; init; }
    public required string TargetFingerprint { get; init; }
}
