using System.Buffers.Text;
using System.Security.Cryptography;
using RotationMesh.Core.Keys;

namespace RotationMesh.Core.Envelopes;

/// <summary>
/// Re-encrypts stored values from one key version to another. It works in UTF-8 bytes from the driver to the driver, and
/// decrypts each new value before it returns it. For one thread at a time.
/// </summary>
public sealed class Reencryptor : IDisposable
{
    /// <summary>
    /// Most derived keys held at once: old and new keys of 2,048 tenants, about 20 MB with OpenSSL's contexts. Each
    /// tenant beyond that costs another derivation, 2 µs.
    /// </summary>
    public const int CipherBound = 4_096;

    private readonly KeyRing ring;
    private readonly CipherCache ciphers;
    private byte[] envelope = [];
    private byte[] plaintext = [];
    private byte[] proof = [];

    /// <summary>Works with the keys of <paramref name="ring"/>, which the caller disposes.</summary>
    public Reencryptor(KeyRing ring, int cipherBound = CipherBound)
    {
        this.ring = ring;
        ciphers = new CipherCache(cipherBound);
    }

    /// <summary>Returns the largest length that a stored value of this length may have after re-encryption.</summary>
    public static int MaxSealedLength(EnvelopeEncoding encoding, int storedLength) =>
        encoding == EnvelopeEncoding.Binary
            ? storedLength
            : Base64.GetMaxEncodedToUtf8Length(LenientBase64.MaxDecodedLength(storedLength));

    /// <summary>
    /// Returns the largest length of the plaintext, and of the raw envelope, of a stored value of this length.
    /// </summary>
    public static int MaxPlaintextLength(EnvelopeEncoding encoding, int storedLength) =>
        encoding == EnvelopeEncoding.Binary ? storedLength : LenientBase64.MaxDecodedLength(storedLength);

    /// <summary>
    /// Decrypts a stored value under <paramref name="version"/> and zeroes the plaintext, as verification and the probe
    /// need it.
    /// </summary>
    public EnvelopeError Check(EnvelopeColumn column, string tenant, int version, ReadOnlySpan<byte> stored)
    {
        ArgumentNullException.ThrowIfNull(column);
        var error = Open(column, tenant, version, stored, ref plaintext, out var length);
        CryptographicOperations.ZeroMemory(plaintext.AsSpan(0, length));
        return error;
    }

    /// <summary>
    /// Returns the highest version of the key ring, other than <paramref name="version"/>, under which a stored value decrypts; null
    /// where there is none.
    /// </summary>
    public int? FindOther(EnvelopeColumn column, string tenant, int version, ReadOnlySpan<byte> stored)
    {
        foreach (var other in ring.Versions.OrderDescending())
            if (other != version && Check(column, tenant, other, stored) == EnvelopeError.None)
                return other;
        return null;
    }

    /// <summary>
    /// Re-encrypts a stored value from <paramref name="sourceVersion"/> to <paramref name="targetVersion"/> into
    /// <paramref name="destination"/> (see <see cref="MaxSealedLength"/>). <paramref name="nonce"/> is random and used
    /// once. Both versions must be in the key ring. Throws <see cref="CryptographicException"/> if the new value does not
    /// decrypt to the same plaintext; the caller must then store nothing of it.
    /// </summary>
    public EnvelopeError Reencrypt(
        EnvelopeColumn column,
        string tenant,
        int sourceVersion,
        int targetVersion,
        ReadOnlySpan<byte> stored,
        ReadOnlySpan<byte> nonce,
        Span<byte> destination,
        out int written
    )
    {
        ArgumentNullException.ThrowIfNull(column);
        written = 0;
        var error = Open(column, tenant, sourceVersion, stored, ref plaintext, out var length);
        if (error != EnvelopeError.None)
            return error;
        var secret = plaintext.AsSpan(0, length);
        try
        {
            var cipher = Cipher(column, targetVersion, tenant);
            written = Seal(column.Encoding, cipher, secret, nonce, destination);
            Prove(column, tenant, targetVersion, destination[..written], secret);
            return EnvelopeError.None;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <summary>
    /// Encrypts a plaintext for the first time into <paramref name="destination"/>; returns the length of the stored value.
    /// </summary>
    public int Encrypt(
        EnvelopeColumn column,
        string tenant,
        int version,
        ReadOnlySpan<byte> secret,
        ReadOnlySpan<byte> nonce,
        Span<byte> destination
    )
    {
        ArgumentNullException.ThrowIfNull(column);
        Fit(ref envelope, secret.Length + EnvelopeCipher.OverheadBytes);
        return Seal(column.Encoding, Cipher(column, version, tenant), secret, nonce, destination);
    }

    /// <summary>Frees the derived keys and zeroes the buffers.</summary>
    public void Dispose()
    {
        ciphers.Dispose();
        CryptographicOperations.ZeroMemory(envelope);
        CryptographicOperations.ZeroMemory(plaintext);
        CryptographicOperations.ZeroMemory(proof);
    }

    private EnvelopeError Open(
        EnvelopeColumn column,
        string tenant,
        int version,
        ReadOnlySpan<byte> stored,
        ref byte[] opened,
        out int length
    )
    {
        length = 0;
        if (tenant.Length == 0)
            return EnvelopeError.AuthenticationFailed; // an empty tenant has no key, so none can fit
        var raw = stored;
        ReadOnlySpan<byte> rest = [];
        if (column.Encoding == EnvelopeEncoding.Base64)
        {
            Fit(ref envelope, LenientBase64.MaxDecodedLength(stored.Length));
            raw = envelope.AsSpan(0, LenientBase64.Decode(stored, envelope, out var read));
            rest = stored[read..];
        }

        Fit(ref opened, raw.Length);
        var error = Cipher(column, version, tenant).Open(raw, opened, out length);
        if (error != EnvelopeError.None || !LenientBase64.MayHoldEnvelope(rest))
            return error;
        CryptographicOperations.ZeroMemory(opened.AsSpan(0, length));
        length = 0;
        return EnvelopeError.MayHoldAnother;
    }

    private int Seal(
        EnvelopeEncoding encoding,
        EnvelopeCipher cipher,
        ReadOnlySpan<byte> secret,
        ReadOnlySpan<byte> nonce,
        Span<byte> destination
    )
    {
        var length = secret.Length + EnvelopeCipher.OverheadBytes;
        var raw = encoding == EnvelopeEncoding.Binary ? destination[..length] : envelope.AsSpan(0, length);
        cipher.Seal(secret, nonce, raw);
        if (encoding == EnvelopeEncoding.Binary)
            return length;
        Base64.EncodeToUtf8(raw, destination, out _, out var written);
        return written;
    }

    private void Prove(
        EnvelopeColumn column,
        string tenant,
        int version,
        ReadOnlySpan<byte> made,
        ReadOnlySpan<byte> secret
    )
    {
        var error = Open(column, tenant, version, made, ref proof, out var length);
        // A timing attack gains nothing here, as this class made both sides; a fixed-time comparison costs 3 µs a value.
        var same = proof.AsSpan(0, length).SequenceEqual(secret);
        CryptographicOperations.ZeroMemory(proof.AsSpan(0, length));
        if (error != EnvelopeError.None || !same)
            throw new CryptographicException(
                "a new envelope did not decrypt to its plaintext; nothing was written"
            );
    }

    internal EnvelopeCipher Cipher(EnvelopeColumn column, int version, string tenant) =>
        ciphers.Get(new CipherKey(column.Format, column.Context, version, tenant), ring, Create);

    private static EnvelopeCipher Create(CipherKey key, KeyRing ring)
    {
        if (!ring.TryGet(key.Version, out var master))
            throw new InvalidOperationException($"the key ring lacks version {key.Version}");
        return key.Format.CreateCipher(master, key.Tenant, key.Context);
    }

    // A buffer that became too small may hold plaintext: it is zeroed before the garbage collector gets it.
    private static void Fit(ref byte[] buffer, int length)
    {
        if (buffer.Length >= length)
            return;
        CryptographicOperations.ZeroMemory(buffer);
        buffer = GC.AllocateUninitializedArray<byte>(
            (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(length, 4096)),
            pinned: true
        );
    }
}
