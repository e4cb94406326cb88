using RotationMesh.MapFile.Nodes;

namespace RotationMesh.MapFile.Sections;

/// <summary>
/// Reads the path of a string inside a document: the names of keys, and the numbers of elements of arrays from 0, with a dot
/// between them. It leads to one string. What other languages write for a root or for every element is a name here, which no
/// document has: all its rows would be taken for empty. An empty path is that of a document which is nothing but the string.
/// </summary>
internal static class JsonPathText
{
    private const string Root = "$";
    private const char Every = '*';

    /// <summary>The parts of the path. Throws a fault of <paramref name="node"/> where it can lead nowhere.</summary>
    public static string[] Read(MapNode node)
    {
        if (node.IsEmptyText)
            return [];
        var parts = node.Text().Value.Split('.');
        if (parts.Any(part => part.Length == 0))
            throw node.Fault($"{node.Name} has an empty part: write the names with one dot between them");
        if (parts[0] == Root)
            throw node.Fault(
                $"{node.Name} begins with '{Root}': a path begins with the first key of the document, as in credentials.token, and is \"\" where the document is the string itself"
            );
        if (parts.Any(part => part.Contains(Every, StringComparison.Ordinal)))
            throw node.Fault(
                $"{node.Name} has a '{Every}', which stands for nothing: a path leads to one string, through names and the numbers of elements, as in items.0.token"
            );
        return parts;
    }
}
