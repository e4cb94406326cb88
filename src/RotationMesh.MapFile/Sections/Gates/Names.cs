using RotationMesh.MapFile.Nodes;

namespace RotationMesh.MapFile.Sections.Gates;

/// <summary>Reads lists of names in gates.</summary>
internal static class Names
{
    /// <summary>
    /// Reads the list's names, at least one and none twice. <paramref name="check"/> throws for a name that it refuses.
    /// </summary>
    public static IReadOnlyList<string> List(MapNode node, Action<MapNode, MapText>? check = null)
    {
        var names = new List<string>();
        foreach (var item in node.Items())
        {
            var name = item.Text();
            check?.Invoke(item, name);
            if (names.Contains(name.Value))
                throw item.Fault($"{item.Name} names {name.Quoted} twice: keep one of the two");
            names.Add(name.Value);
        }

        return names;
    }

    /// <summary>Reads a list of names, or a single one.</summary>
    public static IReadOnlyList<string> OneOrMore(MapNode node) =>
        node.IsList ? List(node) : [node.Text().Value];
}
