namespace RotationMesh.Operations;

/// <summary>
/// Selects rows of the map: scopes by name, tenants as keys are derived for them. An empty list does not narrow the
/// selection.
/// </summary>
public sealed record RowSelection
{
    /// <summary>Only these scopes; <c>all</c> means every scope.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];

    /// <summary>All but these scopes.</summary>
    public IReadOnlyList<string> Skip { get; init; } = [];

    /// <summary>Only these tenants.</summary>
    public IReadOnlyList<string> Tenants { get; init; } = [];
}
