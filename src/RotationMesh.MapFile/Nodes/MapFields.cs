using RotationMesh.Core;

namespace RotationMesh.MapFile.Nodes;

/// <summary>The values of a mapping whose keys are fixed.</summary>
internal sealed class MapFields
{
    private readonly Dictionary<string, MapNode> values;

    private MapFields(Dictionary<string, MapNode> values) => this.values = values;

    /// <summary>
    /// Reads a mapping. Throws <see cref="UsageException"/> at the key's line for a key that is not in
    /// <paramref name="keys"/>, and at the mapping's line for a required key that is missing.
    /// </summary>
    public static MapFields Of(MapNode node, KeySet keys)
    {
        var values = new Dictionary<string, MapNode>(StringComparer.Ordinal);
        foreach (var (key, value) in node.Entries())
        {
            if (!keys.All.Contains(key))
                throw value.Fault(Unknown(key, node, keys));
            values.Add(key, value);
        }

        return keys.Required.FirstOrDefault(key => !values.ContainsKey(key)) is { } missing
            ? throw node.Fault($"the key '{missing}' is missing{In(node)}")
            : new MapFields(values);
    }

    /// <summary>Returns the value of a required key.</summary>
    public MapNode Required(string key) => values[key];

    /// <summary>Returns the value of an optional key, or null.</summary>
    public MapNode? Optional(string key) => values.GetValueOrDefault(key);

    private static string Unknown(string key, MapNode node, KeySet keys)
    {
        var hint = Quotation.MayBeShown(key) ? NearNames.Hint(key, keys.All) : "";
        return $"unknown key {Quotation.Of(key)}{In(node)}.{hint} Known keys: {string.Join(", ", keys.All)}";
    }

    private static string In(MapNode node) => node.Name.Length == 0 ? "" : $" in {node.Name}";
}
