namespace RotationMesh.MapFile.Nodes;

/// <summary>The required and the optional keys of a mapping in the map; any other key is a fault.</summary>
internal sealed record KeySet(IReadOnlyList<string> Required, IReadOnlyList<string> Optional)
{
    /// <summary>Every key, the required ones first.</summary>
    public IReadOnlyList<string> All { get; } = [.. Required, .. Optional];
}
