using System.Security.Cryptography;

namespace RotationMesh.Core.Keys;

/// <summary>Seals by the keys of a ring, and tells whether others are.</summary>
public static class RingSeals
{
    /// <summary>A seal by the ring's current key.</summary>
    public static Seal Seal(this KeyRing ring, SealPurpose purpose, ReadOnlySpan<byte> content)
    {
        ArgumentNullException.ThrowIfNull(ring);
        ArgumentNullException.ThrowIfNull(purpose);
        return ring.TryGet(ring.CurrentVersion, out var key)
            ? By(key, purpose, content)
            : throw new InvalidOperationException("a key ring has its current key");
    }

    /// <summary>A seal by each key of the ring: a holder of any of them believes it, and each proves that the sender holds its key.</summary>
    public static IReadOnlyList<Seal> SealByEach(
        this KeyRing ring,
        SealPurpose purpose,
        ReadOnlySpan<byte> content
    )
    {
        ArgumentNullException.ThrowIfNull(ring);
        ArgumentNullException.ThrowIfNull(purpose);
        var seals = new List<Seal>(ring.Keys.Count);
        foreach (var key in ring.Keys)
            seals.Add(By(key, purpose, content));
        return seals;
    }

    /// <summary>What a seal is worth here. The version that it names is not asked: keys are told by their fingerprints.</summary>
    public static SealVerdict Judge(
        this KeyRing ring,
        SealPurpose purpose,
        ReadOnlySpan<byte> content,
        Seal seal
    )
    {
        ArgumentNullException.ThrowIfNull(ring);
        ArgumentNullException.ThrowIfNull(purpose);
        var verdict = SealVerdict.KeyUnknown;
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        foreach (var key in ring.Keys)
        {
            if (key.Fingerprint != seal.Fingerprint)
                continue;
            key.Seal(purpose, content, mac);
            if (!CryptographicOperations.FixedTimeEquals(mac, seal.Mac.Span))
                verdict = SealVerdict.Broken;
            else if (key.Version == ring.CurrentVersion)
                return SealVerdict.ByCurrent;
            else
                return ring.SharedWith(ring.CurrentVersion).Contains(key.Version)
                    ? SealVerdict.ByCurrent
                    : SealVerdict.ByOther;
        }

        return verdict;
    }

    private static Seal By(MasterKey key, SealPurpose purpose, ReadOnlySpan<byte> content)
    {
        var mac = new byte[HMACSHA256.HashSizeInBytes];
        key.Seal(purpose, content, mac);
        return new Seal(key.Version, key.Fingerprint, mac);
    }
}

/// <summary>What a seal is worth to the holder of a ring.</summary>
public enum SealVerdict
{
    /// <summary>The ring's current key made it.</summary>
    ByCurrent = 1,

    /// <summary>Another key of the ring made it.</summary>
    ByOther,

    /// <summary>It names a key that the ring does not hold.</summary>
    KeyUnknown,

    /// <summary>It names a key of the ring, which did not make it.</summary>
    Broken,
}
