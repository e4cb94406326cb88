using System.Security.Cryptography;
using System.Text;

namespace RotationMesh.TestKit;

/// <summary>
/// The application's envelopes, written from their description with the platform's primitives alone, so that tests do
/// not judge the product by itself.
/// </summary>
public static class ReferenceEnvelope
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    /// <summary>The key of a tenant and context.</summary>
    public static byte[] DeriveKey(string masterKey, string tenant, string context) =>
        HKDF.DeriveKey(
            HashAlgorithmName.SHA256,
            Encoding.UTF8.GetBytes(masterKey),
            32,
            Encoding.UTF8.GetBytes("ocsuite-crypto-v1"),
            Encoding.UTF8.GetBytes($"{tenant}:{context}")
        );

    /// <summary>Nonce, tag, ciphertext under a fresh nonce; an empty plaintext is sealed like any other.</summary>
    public static byte[] Seal(string masterKey, string tenant, string context, byte[] plaintext)
    {
        ArgumentNullException.ThrowIfNull(plaintext);
        var envelope = new byte[NonceBytes + TagBytes + plaintext.Length];
        RandomNumberGenerator.Fill(envelope.AsSpan(0, NonceBytes));
        using var aes = new AesGcm(DeriveKey(masterKey, tenant, context), TagBytes);
        aes.Encrypt(
            envelope.AsSpan(0, NonceBytes),
            plaintext,
            envelope.AsSpan(NonceBytes + TagBytes),
            envelope.AsSpan(NonceBytes, TagBytes)
        );
        return envelope;
    }

    /// <summary>The plaintext; throws <see cref="CryptographicException"/> where the envelope is not authentic.</summary>
    public static byte[] Open(string masterKey, string tenant, string context, byte[] envelope)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        if (envelope.Length < NonceBytes + TagBytes)
            throw new CryptographicException("too short for an envelope");
        var plaintext = new byte[envelope.Length - NonceBytes - TagBytes];
        using var aes = new AesGcm(DeriveKey(masterKey, tenant, context), TagBytes);
        aes.Decrypt(
            envelope.AsSpan(0, NonceBytes),
            envelope.AsSpan(NonceBytes + TagBytes),
            envelope.AsSpan(NonceBytes, TagBytes),
            plaintext
        );
        return plaintext;
    }
}
