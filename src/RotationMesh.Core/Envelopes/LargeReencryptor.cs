using System.Buffers.Text;
using System.Security.Cryptography;

namespace RotationMesh.Core.Envelopes;

/// <summary>
/// Re-encrypts one large value as <see cref="Reencryptor"/> does many small ones, but in memory that the caller provides
/// and frees: each step overwrites what the step before it left. For one thread at a time.
/// </summary>
public sealed class LargeReencryptor(Reencryptor reencryptor)
{
    /// <summary>
    /// Decrypts a stored value under <paramref name="version"/>, in place, and zeroes <paramref name="stored"/>.
    /// </summary>
    public EnvelopeError Check(EnvelopeColumn column, string tenant, int version, Span<byte> stored)
    {
        ArgumentNullException.ThrowIfNull(column);
        try
        {
            if (tenant.Length == 0)
                return EnvelopeError.AuthenticationFailed;
            var raw = Raw(column, stored, out var rest);
            if (raw.Length < EnvelopeCipher.OverheadBytes)
                return EnvelopeError.MalformedEnvelope;
            var error = reencryptor
                .Cipher(column, version, tenant)
                .Open(raw, raw[EnvelopeCipher.OverheadBytes..], out _);
            return error == EnvelopeError.None && LenientBase64.MayHoldEnvelope(rest)
                ? EnvelopeError.MayHoldAnother
                : error;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(stored);
        }
    }

    /// <summary>
    /// Returns the first of <paramref name="versions"/> under which a stored value decrypts; null where it decrypts under
    /// none. Overwrites <paramref name="stored"/>, and zeroes <paramref name="secret"/> (see
    /// <see cref="Reencryptor.MaxPlaintextLength"/>).
    /// </summary>
    public int? FirstToOpen(
        EnvelopeColumn column,
        string tenant,
        IEnumerable<int> versions,
        Span<byte> stored,
        Span<byte> secret
    )
    {
        ArgumentNullException.ThrowIfNull(column);
        ArgumentNullException.ThrowIfNull(versions);
        if (tenant.Length == 0)
            return null; // an empty tenant has no key, so none can fit
        var raw = Raw(column, stored, out _);
        foreach (var version in versions)
        {
            var error = reencryptor.Cipher(column, version, tenant).Open(raw, secret, out var length);
            CryptographicOperations.ZeroMemory(secret[..length]);
            if (error is EnvelopeError.None or EnvelopeError.EmptyPlaintext)
                return version;
        }

        return null;
    }

    /// <summary>
    /// Re-encrypts a stored value into <paramref name="destination"/> (see <see cref="Reencryptor.MaxSealedLength"/>).
    /// Overwrites <paramref name="stored"/>, and zeroes <paramref name="secret"/> (see
    /// <see cref="Reencryptor.MaxPlaintextLength"/>). <paramref name="nonce"/> is random and used once. Both versions
    /// must be in the key ring. Throws <see cref="CryptographicException"/> if the new value does not decrypt to the same
    /// plaintext; the caller must then store nothing of it.
    /// </summary>
    public EnvelopeError Reencrypt(
        EnvelopeColumn column,
        string tenant,
        int sourceVersion,
        int targetVersion,
        Span<byte> stored,
        Span<byte> secret,
        ReadOnlySpan<byte> nonce,
        Span<byte> destination,
        out int written
    )
    {
        ArgumentNullException.ThrowIfNull(column);
        written = 0;
        if (tenant.Length == 0)
            return EnvelopeError.AuthenticationFailed; // an empty tenant has no key, so none can fit
        var raw = Raw(column, stored, out var rest);
        var error = reencryptor.Cipher(column, sourceVersion, tenant).Open(raw, secret, out var length);
        if (error != EnvelopeError.None)
            return error;
        try
        {
            if (LenientBase64.MayHoldEnvelope(rest))
                return EnvelopeError.MayHoldAnother;
            var cipher = reencryptor.Cipher(column, targetVersion, tenant);
            written = Seal(column.Encoding, cipher, secret[..length], nonce, stored, destination);
            Prove(column.Encoding, cipher, destination[..written], stored, secret[..length]);
            return EnvelopeError.None;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret[..length]);
        }
    }

    // A binary value is returned as it is; a text is decoded in the caller's memory. The rest is text after its padding.
    private static Span<byte> Raw(EnvelopeColumn column, Span<byte> stored, out ReadOnlySpan<byte> rest)
    {
        rest = default;
        if (column.Encoding == EnvelopeEncoding.Binary)
            return stored;
        var length = LenientBase64.DecodeInPlace(stored, out var read);
        rest = stored[read..];
        return stored[..length];
    }

    private static int Seal(
        EnvelopeEncoding encoding,
        EnvelopeCipher cipher,
        ReadOnlySpan<byte> secret,
        ReadOnlySpan<byte> nonce,
        Span<byte> space,
        Span<byte> destination
    )
    {
        var length = secret.Length + EnvelopeCipher.OverheadBytes;
        if (encoding == EnvelopeEncoding.Binary)
        {
            cipher.Seal(secret, nonce, destination[..length]);
            return length;
        }

        cipher.Seal(secret, nonce, space[..length]); // it fits: the old raw value, of this length, was decoded there
        Base64.EncodeToUtf8(space[..length], destination, out _, out var written);
        return written;
    }

    private static void Prove(
        EnvelopeEncoding encoding,
        EnvelopeCipher cipher,
        ReadOnlySpan<byte> made,
        Span<byte> space,
        ReadOnlySpan<byte> secret
    )
    {
        var raw = made;
        var opened = space;
        if (encoding == EnvelopeEncoding.Base64)
        {
            var decoded = space[..LenientBase64.Decode(made, space, out _)];
            raw = decoded;
            opened = decoded[EnvelopeCipher.OverheadBytes..];
        }

        var error = cipher.Open(raw, opened, out var length);
        var same = opened[..length].SequenceEqual(secret);
        CryptographicOperations.ZeroMemory(opened[..length]);
        if (error != EnvelopeError.None || !same)
            throw new CryptographicException(
                "a new envelope did not decrypt to its plaintext; nothing was written"
            );
    }
}
