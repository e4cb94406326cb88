using System.Security.Cryptography;

namespace RotationMesh.Core.Keys;

/// <summary>
/// Authenticates the audit log under keys of its own, one derived from each master key of a ring: somebody who can write
/// to the control schema but holds no key of the ring can't compute a valid code.
/// </summary>
public sealed class AuditMac(KeyRing ring)
{
    private const int KeyBytes = 32;

    // The salt of a map's values stands in the map: none derives a key under this salt and purpose by accident.
    private static ReadOnlySpan<byte> Salt => "rotationmesh"u8;

    private static ReadOnlySpan<byte> Purpose => "rotationmesh/audit/v2"u8;

    /// <summary>Version under which new events are authenticated.</summary>
    public int CurrentVersion => ring.CurrentVersion;

    /// <summary>Whether codes of that version can be computed.</summary>
    public bool Holds(int version) => ring.Contains(version);

    /// <summary>
    /// Returns HMAC-SHA256 over <paramref name="message"/> with key = HKDF-SHA256(ikm = the UTF-8 master key of that
    /// version, salt = <c>rotationmesh</c>, info = <c>rotationmesh/audit/v2</c>, 32 bytes). Throws
    /// <see cref="ArgumentException"/> where the ring lacks the version, and <see cref="ObjectDisposedException"/> where
    /// its keys are zeroed.
    /// </summary>
    public byte[] Of(int version, ReadOnlySpan<byte> message)
    {
        if (!ring.TryGet(version, out var master))
            throw new ArgumentException($"the key ring lacks version {version}", nameof(version));
        ObjectDisposedException.ThrowIf(master.IsDisposed, master);
        Span<byte> key = stackalloc byte[KeyBytes];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, master.Bytes, key, Salt, Purpose);
        var code = HMACSHA256.HashData(key, message);
        CryptographicOperations.ZeroMemory(key);
        return code;
    }
}
