namespace RotationMesh.Core.Keys;

/// <summary>
/// One master key under several versions of a key ring. The application reads such a ring, so it loads; but a rotation
/// between the versions would leave every value as readable as it was.
/// </summary>
public static class SharedKey
{
    /// <summary>What an operator does about it.</summary>
    public const string Fix =
        $"give each version a key of its own in {KeyRingReader.CurrentKey} and {KeyRingReader.PreviousKeys}; 'rotationmesh keys generate' makes one";

    /// <summary>Names the versions and the fingerprint; null where the key is that version's alone.</summary>
    public static string? Explain(KeyRing ring, int version)
    {
        ArgumentNullException.ThrowIfNull(ring);
        var others = ring.SharedWith(version);
        return others.Count == 0 || !ring.TryGet(version, out var key)
            ? null
            : $"key versions {Listed([.. others.Append(version).Order()])} are one and the same key (fingerprint {key.Fingerprint})";
    }

    private static string Listed(IReadOnlyList<int> versions) =>
        $"{string.Join(", ", versions.SkipLast(1))} and {versions[^1]}";
}
