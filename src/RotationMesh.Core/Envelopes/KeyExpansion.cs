using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace RotationMesh.Core.Envelopes;

/// <summary>
/// HKDF-Expand (RFC 5869, section 2.3) under one master key, for keys of one block. It keeps hashes that are keyed
/// already, which halves the cost of the general function; this matters where each row has another tenant. For many
/// threads.
/// </summary>
internal sealed class KeyExpansion : IDisposable
{
    /// <summary>Largest block that is built on the stack, in bytes.</summary>
    private const int ShortInfo = 512;

    /// <summary>Number of the first and only block: SHA-256 gives 32 bytes.</summary>
    private const byte FirstBlock = 1;

    private readonly byte[] pseudorandomKey = GC.AllocateUninitializedArray<byte>(
        SHA256.HashSizeInBytes,
        pinned: true
    );
    private readonly ConcurrentBag<IncrementalHash> keyed = [];
    private volatile bool disposed;

    /// <summary>Runs HKDF-Extract; the caller keeps and zeroes the key material.</summary>
    public KeyExpansion(ReadOnlySpan<byte> keyMaterial, ReadOnlySpan<byte> salt) =>
        HKDF.Extract(HashAlgorithmName.SHA256, keyMaterial, salt, pseudorandomKey);

    /// <summary>Derives the key of a tenant and context, 32 bytes.</summary>
    public void Expand(InfoTemplate info, string tenant, string context, Span<byte> key)
    {
        var longest = info.MaxBytes(tenant, context) + 1;
        var block = longest <= ShortInfo ? stackalloc byte[ShortInfo] : new byte[longest];
        var length = info.Write(tenant, context, block);
        block[length] = FirstBlock;
        if (!keyed.TryTake(out var hash))
            hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, pseudorandomKey);
        hash.AppendData(block[..(length + 1)]);
        hash.GetHashAndReset(key);
        keyed.Add(hash);
        ObjectDisposedException.ThrowIf(disposed, this); // it may have been keyed with zeros
    }

    /// <summary>Zeroes the extracted key and frees the hashes, which OpenSSL overwrites.</summary>
    public void Dispose()
    {
        disposed = true;
        while (keyed.TryTake(out var hash))
            hash.Dispose();
        CryptographicOperations.ZeroMemory(pseudorandomKey);
    }
}
