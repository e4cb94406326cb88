using System.Security.Cryptography;

namespace RotationMesh.Core.Keys;

/// <summary>Makes seals with the keys of a ring, and judges seals by them.</summary>
public static class RingSeals
{
    /// <summary>Returns a seal by the ring's current key.</summary>
    public static Seal Seal(this KeyRing ring, SealPurpose purpose, ReadOnlySpan<byte> content)
    {
        ArgumentNullException.ThrowIfNull(ring);
        ArgumentNullException.ThrowIfNull(purpose);
        return ring.TryGet(ring.CurrentVersion, out var key)
            ? By(key, purpose, content)
            : throw new InvalidOperationException("a key ring has its current key");
    }

    /// <summary>
    /// Returns a seal by each key of the ring. A holder of any of the keys accepts it, and each seal proves that the
    /// sender holds its key.
    /// </summary>
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

    /// <summary>
    /// Says which key of the ring, if any, made a seal. Keys are found by their fingerprint; the version in the seal does
    /// not count.
    /// </summary>
    public static SealVerdict Judge(
        this KeyRing ring,
        SealPurpose purpose,
        ReadOnlySpan<byte> content,
        Seal seal
    ) => ring.Judge(purpose, content, seal, out _);

    /// <summary>
    /// Says the same, and the version <paramref name="by"/> of the key that made the seal: the newest that has this key. It is 0
    /// where no key of the ring did. The version in the seal is under no code.
    /// </summary>
    public static SealVerdict Judge(
        this KeyRing ring,
        SealPurpose purpose,
        ReadOnlySpan<byte> content,
        Seal seal,
        out int by
    )
    {
        by = 0;
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
            {
                verdict = SealVerdict.Broken;
                continue;
            }

            var same = ring.SharedWith(key.Version).Append(key.Version).ToList();
            by = same.Max();
            return same.Contains(ring.CurrentVersion) ? SealVerdict.ByCurrent : SealVerdict.ByOther;
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

/// <summary>Which key of a ring made a seal.</summary>
public enum SealVerdict
{
    /// <summary>The ring's current key made it.</summary>
    ByCurrent = 1,

    /// <summary>Another key of the ring made it.</summary>
    ByOther,

    /// <summary>The seal names a key that the ring does not hold.</summary>
    KeyUnknown,

    /// <summary>The seal names a key of the ring, but that key did not make it.</summary>
    Broken,
}
