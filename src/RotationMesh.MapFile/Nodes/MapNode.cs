using RotationMesh.Core;
using RotationMesh.Core.Map.Gates;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace RotationMesh.MapFile.Nodes;

/// <summary>
/// A node of the map, with its place. <paramref name="name"/> is its dotted path. <paramref name="line"/> is the line of
/// its key, or, for an item of a list, its own line; a node that is an alias has the line where the alias is used. Every
/// accessor throws <see cref="UsageException"/> where the node is of another kind.
/// </summary>
internal sealed class MapNode(MapSource source, string name, int line, YamlNode node)
{
    /// <summary>The node's dotted path, which errors name; empty for the whole document.</summary>
    public string Name => name;

    /// <summary>The line that errors about the node name.</summary>
    public int Line => line;

    /// <summary>Whether the node is a list.</summary>
    public bool IsList => node is YamlSequenceNode;

    /// <summary>Returns a fault of this node, for the caller to throw.</summary>
    public UsageException Fault(string text) => source.Fault(line, text);

    /// <summary>Returns a fault at the line of something below this node, for the caller to throw.</summary>
    public UsageException FaultAt(int place, string text) => source.Fault(place, text);

    /// <summary>
    /// Returns the mapping's values by key. Throws for a key that is not in <paramref name="keys"/>, and for a required
    /// one that is missing.
    /// </summary>
    public MapFields Fields(KeySet keys) => MapFields.Of(this, keys);

    /// <summary>Returns the entries of a mapping whose keys the operator chooses, in the order of the file.</summary>
    public IReadOnlyList<MapEntry> Entries() =>
        node is YamlMappingNode mapping
            ? [.. mapping.Children.Select(child => Entry(child.Key, child.Value))]
            : throw WrongKind("keys with values");

    /// <summary>Returns the list's items, at least one. An item has the list's name.</summary>
    public IReadOnlyList<MapNode> Items()
    {
        if (node is not YamlSequenceNode list)
            throw WrongKind("a list");
        if (list.Children.Count == 0)
            throw Fault($"{name} is an empty list");
        return [.. list.Children.Select(item => new MapNode(source, name, LineOf(item), item))];
    }

    /// <summary>Whether the node is a pair of quotes with nothing between them.</summary>
    public bool IsEmptyText => node is YamlScalarNode { Value: "" } scalar && !IsNull(scalar, "");

    /// <summary>Returns the value with its variables replaced; never empty.</summary>
    public MapText Text()
    {
        if (node is not YamlScalarNode scalar)
            throw WrongKind("one value");
        var written = scalar.Value ?? "";
        if (IsNull(scalar, written))
            throw NoValue();
        var text = new MapText(Substitute(written), written);
        return text.Value.Length > 0 ? text : throw Fault($"{name} is empty");
    }

    /// <summary>
    /// Returns what <paramref name="read"/> makes of the node; where a variable is not set, the fault for whoever needs
    /// the value later.
    /// </summary>
    public Deferred<T> Deferred<T>(Func<MapNode, T> read)
        where T : class
    {
        try
        {
            if (node is YamlScalarNode { Value: { } written })
                _ = source.Substitute(written);
        }
        catch (UnsetVariableException reason)
        {
            return new Deferred<T>(Fault(reason.Message));
        }
        catch (FormatException reason)
        {
            throw Fault(reason.Message);
        }

        return new Deferred<T>(read(this));
    }

    private string Substitute(string written)
    {
        try
        {
            return source.Substitute(written);
        }
        catch (FormatException reason)
        {
            throw Fault(reason.Message);
        }
    }

    private MapEntry Entry(YamlNode key, YamlNode value)
    {
        var keyLine = LineOf(key);
        if (key is not YamlScalarNode { Value: { Length: > 0 } text })
            throw source.Fault(keyLine, $"{Place} has a key that is not a name");
        if (text == "<<")
            throw source.Fault(keyLine, "merge keys (<<) are not supported: write the keys out");
        if (Substitution.IsIn(text))
            throw source.Fault(keyLine, "a variable stands in a key: variables are replaced in values only");
        var part = Quotation.Part(text);
        var path = name.Length == 0 ? part : $"{name}.{part}";
        return new MapEntry(text, new MapNode(source, path, keyLine, value));
    }

    private UsageException WrongKind(string expected) =>
        node switch
        {
            YamlScalarNode scalar when IsNull(scalar, scalar.Value ?? "") => NoValue(),
            YamlScalarNode => Fault($"{Place} is a single value; it must be {expected}"),
            YamlSequenceNode => Fault($"{Place} is a list; it must be {expected}"),
            _ => Fault($"{Place} has keys of its own; it must be {expected}"),
        };

    private UsageException NoValue() => Fault($"{Place} has no value: give it one or remove it");

    private string Place => name.Length == 0 ? "the map" : name;

    // The spellings of null in YAML's core schema; in quotes, these characters are text.
    private static bool IsNull(YamlScalarNode scalar, string written) =>
        scalar.Style is ScalarStyle.Plain or ScalarStyle.Any
        && written is "" or "~" or "null" or "Null" or "NULL";

    private static int LineOf(YamlNode node) => checked((int)node.Start.Line);
}

/// <summary>A key of a mapping and the node under it.</summary>
internal readonly record struct MapEntry(string Key, MapNode Value);
