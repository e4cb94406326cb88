namespace RotationMesh.Operations;

/// <summary>Which rows of the map: scopes by name, tenants as keys are derived for them. Empty lists narrow nothing.</summary>
public sealed record RowSelection
{
    /// <summary>Only these scopes; <c>all</c> stands for every one.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];

    /// <summary>Not these scopes.</summary>
    public IReadOnlyList<string> Skip { get; init; } = [];

    /// <summary>Only these tenants.</summary>
    public IReadOnlyList<string> Tenants { get; init; } = [];
}
