namespace RotationMesh.MapFile.Nodes;

/// <summary>Reads values that are yes or no.</summary>
internal static class Flags
{
    /// <summary>Whether the node says <c>true</c>. Throws a fault of <paramref name="node"/> where it says neither.</summary>
    public static bool Read(MapNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        return node.Text().Value switch
        {
            "true" => true,
            "false" => false,
            _ => throw node.Fault($"{node.Name} is neither true nor false"),
        };
    }
}
