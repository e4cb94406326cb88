namespace RotationMesh.MapFile.Nodes;

/// <summary>Reads values that are true or false.</summary>
internal static class Flags
{
    /// <summary>
    /// Whether the node is <c>true</c>. Throws a fault of <paramref name="node"/> where it is neither true nor false.
    /// </summary>
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
