using RotationMesh.Core;
using RotationMesh.Core.Map.Gates;

namespace RotationMesh.Gates;

/// <summary>
/// Gates that an operator names: one gate by its own name, or all of a section by the section's (<c>workers</c>).
/// </summary>
public sealed class GateNames
{
    private readonly HashSet<string> names;

    private GateNames(IEnumerable<string> names) => this.names = [.. names];

    /// <summary>
    /// Returns the gates of the map with those names. Throws <see cref="UsageException"/> for a name that no gate has,
    /// with similar names.
    /// </summary>
    public static GateNames Of(IReadOnlyList<GateEntry> gates, IEnumerable<string> named)
    {
        ArgumentNullException.ThrowIfNull(gates);
        ArgumentNullException.ThrowIfNull(named);
        return new GateNames(named.SelectMany(name => Find(gates, name)));
    }

    /// <summary>Whether the gate is among them.</summary>
    public bool Contains(string gate) => names.Contains(gate);

    private static string[] Find(IReadOnlyList<GateEntry> gates, string name)
    {
        string[] found =
        [
            .. gates.Where(gate => gate.Name == name || gate.Section == name).Select(gate => gate.Name),
        ];
        if (found.Length > 0)
            return found;
        string[] known = [.. gates.Select(gate => gate.Name).Union(gates.Select(gate => gate.Section))];
        throw new UsageException(
            known.Length == 0
                ? $"the map has no gates, so there is no gate '{name}' to ignore"
                : $"the map has no gate '{name}'.{NearNames.Hint(name, known)} Its gates: {string.Join(", ", known)}"
        );
    }
}
