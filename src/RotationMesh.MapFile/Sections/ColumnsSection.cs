using RotationMesh.Core.Map;
using RotationMesh.MapFile.Nodes;

namespace RotationMesh.MapFile.Sections;

/// <summary>Reads <c>columns</c> of a table: the encrypted columns by name.</summary>
internal static class ColumnsSection
{
    internal static readonly KeySet Keys = new(Required: ["format", "context"], Optional: ["path"]);

    /// <summary>The columns in the order of the file, at least one.</summary>
    public static IReadOnlyList<ColumnEntry> Read(MapNode node, DeclaredNames declared)
    {
        ColumnEntry[] columns = [.. node.Entries().Select(entry => Read(entry, declared))];
        return columns.Length > 0
            ? columns
            : throw node.Fault($"{node.Name} is empty: name at least one encrypted column");
    }

    private static ColumnEntry Read(MapEntry entry, DeclaredNames declared)
    {
        var fields = entry.Value.Fields(Keys);
        return new ColumnEntry(
            SqlNames.Column(entry),
            declared.Format(fields.Required("format")),
            fields.Required("context").Text().Value,
            fields.Optional("path") is { } path ? Segments(path) : null,
            entry.Value.Line
        );
    }

    private static string[] Segments(MapNode node)
    {
        var segments = node.Text().Value.Split('.');
        return segments.All(segment => segment.Length > 0)
            ? segments
            : throw node.Fault($"{node.Name} has an empty part: write the names with one dot between them");
    }
}
