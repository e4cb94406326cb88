using RotationMesh.Core.Map.Gates;
using RotationMesh.MapFile.Nodes;

namespace RotationMesh.MapFile.Sections.Gates;

/// <summary>Reads <c>gates</c>: what must hold while rows are written. Each kind of gate reads its own settings.</summary>
internal static class GatesSection
{
    internal static readonly KeySet Keys = new(
        Required: [],
        Optional: [GateEntry.Workers, GateEntry.Keys, GateEntry.Snapshot]
    );

    /// <summary>Reads the gates in the order of the file; none where the map has no such section.</summary>
    public static IReadOnlyList<GateEntry> Read(MapNode? node, DeclaredNames declared)
    {
        if (node is null)
            return [];
        _ = node.Fields(Keys);
        return [.. node.Entries().SelectMany(entry => Section(entry, declared))];
    }

    private static IEnumerable<GateEntry> Section(MapEntry entry, DeclaredNames declared) =>
        entry.Key switch
        {
            GateEntry.Workers => WorkersSection.Read(entry.Value, declared),
            GateEntry.Keys => [KeysGateSection.Read(entry.Value)],
            _ => [SnapshotSection.Read(entry.Value)],
        };
}
