using System.Security.Cryptography;
using System.Text;
using RotationMesh.Core.Envelopes;

namespace RotationMesh.UnitTests.Vectors;

/// <summary>Runs the product on a vector.</summary>
internal static class VectorCrypto
{
    public static byte[] Nonce() => RandomNumberGenerator.GetBytes(EnvelopeCipher.NonceBytes);

    /// <summary>The bytes that the application encrypted; the file shows what is not UTF-8 as U+FFFD.</summary>
    public static byte[] PlaintextBytes(Vector vector) =>
        vector.Kind?.Contains("not UTF-8", StringComparison.Ordinal) == true
            ? [0x61, 0xFF, 0xFE, 0x62]
            : Encoding.UTF8.GetBytes(vector.Plaintext);

    /// <summary>Opens the vector's envelope with the product.</summary>
    public static byte[] Open(Vector vector)
    {
        using var ring = vector.Ring();
        using var format = Vector.Format();
        ring.TryGet(vector.KeyVersion, out var master);
        using var cipher = format.CreateCipher(master!, vector.TenantId, vector.Context);
        var stored = Encoding.UTF8.GetBytes(vector.Ciphertext);
        var envelope = new byte[LenientBase64.MaxDecodedLength(stored.Length)];
        var length = LenientBase64.Decode(stored, envelope, out _);
        var plaintext = new byte[length];
        Assert.That(
            cipher.Open(envelope.AsSpan(0, length), plaintext, out var written),
            Is.EqualTo(EnvelopeError.None)
        );
        return plaintext[..written];
    }

    /// <summary>Checks the vector's envelope as verification does.</summary>
    public static EnvelopeError Check(Vector vector)
    {
        using var ring = vector.Ring();
        using var format = Vector.Format();
        using var reencryptor = new Reencryptor(ring);
        return reencryptor.Check(
            vector.Column(format),
            vector.TenantId,
            vector.KeyVersion,
            Encoding.UTF8.GetBytes(vector.Ciphertext)
        );
    }

    /// <summary>The stored value under <see cref="Vector.OtherVersion"/>.</summary>
    public static string Reencrypt(Vector vector, byte[] nonce)
    {
        using var ring = vector.Ring();
        using var format = Vector.Format();
        using var reencryptor = new Reencryptor(ring);
        var stored = Encoding.UTF8.GetBytes(vector.Ciphertext);
        var made = new byte[Reencryptor.MaxSealedLength(EnvelopeEncoding.Base64, stored.Length)];
        var error = reencryptor.Reencrypt(
            vector.Column(format),
            vector.TenantId,
            vector.KeyVersion,
            Vector.OtherVersion,
            stored,
            nonce,
            made,
            out var written
        );
        Assert.That(error, Is.EqualTo(EnvelopeError.None));
        return Encoding.ASCII.GetString(made, 0, written);
    }
}
