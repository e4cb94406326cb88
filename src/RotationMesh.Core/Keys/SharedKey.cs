namespace RotationMesh.Core.Keys;

/// <summary>
/// One master key under several versions of a key ring. The application accepts such a ring, so it loads; but after a
/// rotation between these versions, the old key would still read every value.
/// </summary>
public static class SharedKey
{
    /// <summary>The fix, for the operator.</summary>
    public const string Fix =
        $"give each version a key of its own in {KeyRingReader.CurrentKey} and {KeyRingReader.PreviousKeys}; 'rotationmesh keys generate' makes one";

    /// <summary>What it means for a rotation to that version, for the operator.</summary>
    public static string Consequence(int version) => $"a rotation to version {version} would protect nothing";

    /// <summary>Names the versions and the fingerprint; null where only that version has the key.</summary>
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
