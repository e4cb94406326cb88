using System.Security.Cryptography;

namespace RotationMesh.Core.Envelopes;

/// <summary>
/// Opens and seals envelopes under one derived key: AES-256-GCM (NIST SP 800-38D), without associated data. The layout is
/// <c>iv(12) | tag(16) | ciphertext</c>. Not safe for use by several threads at once.
/// </summary>
public sealed class EnvelopeCipher : IDisposable
{
    /// <summary>Bytes of the nonce, the first part of an envelope.</summary>
    public const int NonceBytes = 12;

    /// <summary>Bytes of the authentication tag, the second part.</summary>
    public const int TagBytes = 16;

    /// <summary>Bytes by which an envelope is longer than its plaintext.</summary>
    public const int OverheadBytes = NonceBytes + TagBytes;

    private readonly AesGcm aes;

    /// <summary>Takes a derived key of 32 bytes; the caller zeroes it.</summary>
    internal EnvelopeCipher(ReadOnlySpan<byte> derivedKey) => aes = new AesGcm(derivedKey, TagBytes);

    /// <summary>
    /// Decrypts <paramref name="envelope"/> into <paramref name="plaintext"/>, whose length is at least the envelope's
    /// less <see cref="OverheadBytes"/>. The plaintext may overwrite the ciphertext in place, after the first
    /// <see cref="OverheadBytes"/> bytes of the envelope. On an error the plaintext is zeroed.
    /// </summary>
    public EnvelopeError Open(ReadOnlySpan<byte> envelope, Span<byte> plaintext, out int written)
    {
        written = 0;
        if (envelope.Length < OverheadBytes)
            return EnvelopeError.MalformedEnvelope;
        var ciphertext = envelope[OverheadBytes..];
        try
        {
            aes.Decrypt(
                envelope[..NonceBytes],
                ciphertext,
                envelope[NonceBytes..OverheadBytes],
                plaintext[..ciphertext.Length]
            );
        }
        catch (AuthenticationTagMismatchException)
        {
            // The application writes no envelope of 28 bytes, so such a value was more likely cut off than forged.
            return ciphertext.IsEmpty ? EnvelopeError.MalformedEnvelope : EnvelopeError.AuthenticationFailed;
        }

        written = ciphertext.Length;
        return ciphertext.IsEmpty ? EnvelopeError.EmptyPlaintext : EnvelopeError.None;
    }

    /// <summary>
    /// Encrypts a plaintext that is not empty into <paramref name="envelope"/>, which is <see cref="OverheadBytes"/>
    /// longer. A nonce must never be used twice: draw it at random. Throws <see cref="ArgumentException"/> for an empty
    /// plaintext.
    /// </summary>
    public void Seal(ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> nonce, Span<byte> envelope)
    {
        if (plaintext.IsEmpty)
            throw new ArgumentException("an empty plaintext is never sealed", nameof(plaintext));
        nonce.CopyTo(envelope);
        aes.Encrypt(nonce, plaintext, envelope[OverheadBytes..], envelope[NonceBytes..OverheadBytes]);
    }

    /// <summary>Frees the key schedule; OpenSSL overwrites it.</summary>
    public void Dispose() => aes.Dispose();
}
