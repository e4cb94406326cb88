namespace RotationMesh.MapFile.Nodes;

/// <summary>The keys that a mapping of the map must have and may have; any other is a fault.</summary>
internal sealed record KeySet(IReadOnlyList<string> Required, IReadOnlyList<string> Optional)
{
    /// <summary>Every key, the required ones first.</summary>
    public IReadOnlyList<string> All { get; } = [.. Required, .. Optional];
}
