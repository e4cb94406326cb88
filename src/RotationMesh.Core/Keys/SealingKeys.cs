using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace RotationMesh.Core.Keys;

/// <summary>
/// The keys that are derived from one master key to seal with. Each is derived when it is first needed. For many threads.
/// </summary>
internal sealed class SealingKeys : IDisposable
{
    private readonly ConcurrentDictionary<SealPurpose, byte[]> keys = [];
    private volatile bool disposed;

    /// <summary>Writes the authentication code of the content, 32 bytes.</summary>
    public void Seal(
        ReadOnlySpan<byte> masterKey,
        SealPurpose purpose,
        ReadOnlySpan<byte> content,
        Span<byte> mac
    )
    {
        if (!keys.TryGetValue(purpose, out var key))
            key = keys.GetOrAdd(purpose, Derive(masterKey, purpose));
        HMACSHA256.HashData(key, content, mac);
        // Without this check, a key zeroed meanwhile could have made the seal, and anybody has a key of zeros.
        ObjectDisposedException.ThrowIf(disposed, this);
    }

    /// <summary>Zeroes every key.</summary>
    public void Dispose()
    {
        disposed = true;
        foreach (var key in keys.Values)
            CryptographicOperations.ZeroMemory(key);
    }

    private static byte[] Derive(ReadOnlySpan<byte> masterKey, SealPurpose purpose)
    {
        var key = GC.AllocateUninitializedArray<byte>(SHA256.HashSizeInBytes, pinned: true);
        HKDF.DeriveKey(HashAlgorithmName.SHA256, masterKey, key, [], Encoding.UTF8.GetBytes(purpose.Name));
        return key;
    }
}
