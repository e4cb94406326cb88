using RotationMesh.MapFile.Nodes;

namespace RotationMesh.MapFile.Sections;

/// <summary>
/// Reads the path of a string inside a document: names of keys, and indexes of array elements from 0, with dots between
/// them. It leads to one string. It has no sign for the root or for every element, as other path languages have: such a
/// sign would be taken for a name that no document has, and all rows for empty. An empty path is for a document that is
/// only the string.
/// </summary>
internal static class JsonPathText
{
    private const string Root = "$";
    private const char Every = '*';

    /// <summary>
    /// Returns the parts of the path. Throws a fault of <paramref name="node"/> where the path can lead nowhere.
    /// </summary>
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
