using RotationMesh.Core;
using RotationMesh.Core.Map;

namespace RotationMesh.LocalOperations;

/// <summary>Chooses the scopes of a map that an operator asked for.</summary>
public static class ScopeSelection
{
    /// <summary>Stands for every scope.</summary>
    public const string All = "all";

    /// <summary>
    /// Returns the scopes that <paramref name="only"/> names (all where it is empty) without those of
    /// <paramref name="skip"/>, in the order of the map. Throws <see cref="UsageException"/> for an unknown name, and
    /// where no scope is left.
    /// </summary>
    public static IReadOnlyList<ScopeEntry> Choose(
        RotationMap map,
        IReadOnlyCollection<string> only,
        IReadOnlyCollection<string> skip
    )
    {
        ArgumentNullException.ThrowIfNull(map);
        ArgumentNullException.ThrowIfNull(only);
        ArgumentNullException.ThrowIfNull(skip);
        var names = map.Scopes.Select(scope => scope.Name).ToList();
        foreach (var name in only.Concat(skip))
        {
            if (name != All && !names.Contains(name))
                throw new UsageException(
                    $"the map has no scope '{name}'.{NearNames.Hint(name, names)} Its scopes: {string.Join(", ", names)}"
                );
        }

        var everything = only.Count == 0 || only.Contains(All);
        var chosen = map
            .Scopes.Where(scope => everything || only.Contains(scope.Name))
            .Where(scope => !skip.Contains(scope.Name) && !skip.Contains(All))
            .ToList();
        return chosen.Count > 0 ? chosen : throw new UsageException("no scope is left after --skip");
    }
}
