using System.Security.Cryptography;
using System.Text;

namespace RotationMesh.Core.Keys;

/// <summary>A master key of the key ring. Its bytes never leave this assembly; it is shown by its fingerprint.</summary>
public sealed class MasterKey : IDisposable
{
    private readonly byte[] bytes;
    private readonly SealingKeys sealing = new();

    internal MasterKey(int version, string value)
    {
        Version = version;
        bytes = GC.AllocateUninitializedArray<byte>(Encoding.UTF8.GetByteCount(value), pinned: true);
        Encoding.UTF8.GetBytes(value, bytes);
        Fingerprint = Keys.Fingerprint.Of(bytes);
    }

    internal MasterKey(MasterKey other)
    {
        Version = other.Version;
        bytes = GC.AllocateUninitializedArray<byte>(other.bytes.Length, pinned: true);
        other.bytes.CopyTo(bytes, 0);
        Fingerprint = other.Fingerprint;
    }

    /// <summary>Key version, 1 or greater.</summary>
    public int Version { get; }

    /// <summary>Public check value, 16 lower-case hex digits.</summary>
    public string Fingerprint { get; }

    /// <summary>UTF-8 bytes of the key string: the input key material of every derivation.</summary>
    internal ReadOnlySpan<byte> Bytes => bytes;

    /// <summary>Whether the bytes are zeroed: anybody could derive a key from zeros.</summary>
    internal bool IsDisposed { get; private set; }

    /// <summary>
    /// Writes the authentication code of the content, 32 bytes, under a key that is derived for the purpose.
    /// </summary>
    internal void Seal(SealPurpose purpose, ReadOnlySpan<byte> content, Span<byte> mac) =>
        sealing.Seal(bytes, purpose, content, mac);

    /// <summary>Zeroes the key, and what was derived from it.</summary>
    public void Dispose()
    {
        IsDisposed = true;
        sealing.Dispose();
        CryptographicOperations.ZeroMemory(bytes);
    }
}
