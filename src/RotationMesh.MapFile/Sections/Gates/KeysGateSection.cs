using RotationMesh.Core.Map.Gates;
using RotationMesh.MapFile.Nodes;

namespace RotationMesh.MapFile.Sections.Gates;

/// <summary>Reads <c>gates.keys</c>: how many workers of the mesh must run, all of them with the keys.</summary>
internal static class KeysGateSection
{
    internal static readonly KeySet Keys = new(Required: [GateEntry.Workers], Optional: []);

    /// <summary>Reads the gate.</summary>
    public static KeysEntry Read(MapNode node) =>
        new(node.Line)
        {
            AtLeast = TableSection.PositiveInteger(node.Fields(Keys).Required(GateEntry.Workers)),
        };
}
