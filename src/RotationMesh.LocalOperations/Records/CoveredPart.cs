using RotationMesh.Core;
using RotationMesh.Core.Map;

namespace RotationMesh.LocalOperations.Records;

/// <summary>Names the part of a map that a rotation covers.</summary>
internal static class CoveredPart
{
    /// <summary>
    /// Returns scopes and tenants in words, without those that are all: <paramref name="tenants"/> is null or empty for all of
    /// them. Null where it is all of the map.
    /// </summary>
    public static string? Of(RotationMap map, IReadOnlyList<string> scopes, IReadOnlyList<string>? tenants)
    {
        var chosen = map.Scopes.All(scope => scopes.Contains(scope.Name)) ? null : Named("scope", scopes);
        var theirs = tenants is { Count: > 0 } ? Named("tenant", tenants) : null;
        return string.Join(", ", new[] { chosen, theirs }.OfType<string>()) is { Length: > 0 } within
            ? within
            : null;
    }

    private static string Named(string what, IReadOnlyList<string> names) =>
        $"{what}{(names.Count == 1 ? "" : "s")} {SomeNames.Of(names)}";
}
