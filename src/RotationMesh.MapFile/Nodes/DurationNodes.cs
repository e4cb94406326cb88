using RotationMesh.Core;

namespace RotationMesh.MapFile.Nodes;

/// <summary>Reads lengths of time in the map.</summary>
internal static class DurationNodes
{
    /// <summary>Returns the node's length of time, above zero. Throws a fault of the node.</summary>
    public static TimeSpan Read(MapNode node) =>
        Durations.Parse(node.Text().Value)
        ?? throw node.Fault($"{node.Name} is not a length of time: {Durations.Form}");
}
