using RotationMesh.MapFile.Nodes;

namespace RotationMesh.MapFile.Sections;

/// <summary>Reads <c>gates</c>: what must hold while rows are written. Each kind of gate reads its own settings.</summary>
internal static class GatesSection
{
    /// <summary>The gates' names in the order of the file; none where the map has no such section.</summary>
    public static IReadOnlyList<string> Read(MapNode? node) =>
        node is null ? [] : [.. node.Entries().Select(entry => entry.Key)];
}
