using RotationMesh.Control.Retirement;
using RotationMesh.Control.Rotations;
using RotationMesh.Core.Keys;

namespace RotationMesh.LocalOperations.Retiring;

/// <summary>
/// Compares the ring's key of a version with the keys that rotations met under that version, and with the retired
/// keys. Where nothing was recorded of a version, the ring is believed.
/// </summary>
internal sealed class RingCheck(KeyRing ring, IReadOnlyList<RetiredKey> retired, IReadOnlyList<MetKey> met)
{
    /// <summary>Returns why this ring can't tell what the version's key opens; null where the ring has that key.</summary>
    public string? Lacking(long? version) =>
        version is >= 1 and <= int.MaxValue && ring.TryGet((int)version, out var key)
            ? Differing(key)
            : $"the key ring lacks the key of version {version}";

    /// <summary>Returns the ring's key of the version; null where the ring lacks it, or has another key.</summary>
    public MasterKey? Find(int version) =>
        ring.TryGet(version, out var key) && Differing(key) is null ? key : null;

    /// <summary>
    /// Returns why the key of the version is in use whatever becomes of the version; null where it is not.
    /// </summary>
    public string? InUse(int version)
    {
        if (SharedKey.Explain(ring, version) is { } shared)
            return $"{shared}: it stays in use as long as one of them does";
        var known = Met(version);
        if (version > ring.CurrentVersion && known.Count == 0)
            return $"version {version} is above the current one and no rotation met it: it is one to come";
        return
            ring.Keys.FirstOrDefault(key => key.Version != version && known.Contains(key.Fingerprint))
                is { } other
            ? $"the key that rotations met as version {version} (fingerprint {other.Fingerprint}) is version {other.Version} of the key ring: "
                + "it stays in use as long as that one does"
            : null;
    }

    /// <summary>Returns the reasons not to rely on the ring's key of the version.</summary>
    public IReadOnlyList<string> Doubts(int version) =>
        ring.TryGet(version, out var key)
            ?
            [
                .. (
                    (string?[])
                        [Differing(key), RetiredTarget.ExplainReturn(retired, version, key.Fingerprint)]
                ).OfType<string>(),
            ]
            : [];

    private string? Differing(MasterKey key) =>
        Met(key.Version) is { Count: > 0 } known && !known.Contains(key.Fingerprint)
            ? $"the key ring's version {key.Version} is not the key that rotations met: fingerprints {key.Fingerprint} and {string.Join(", ", known)}"
            : null;

    private IReadOnlyList<string> Met(int version) =>
        [.. met.Where(key => key.Version == version).Select(key => key.Fingerprint)];
}
