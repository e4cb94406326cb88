using System.Security.Cryptography;
using System.Text;
using RotationMesh.Core.Envelopes;
using RotationMesh.Core.Keys;

namespace RotationMesh.CliTests.Support;

/// <summary>Makes values as the application does.</summary>
internal static class Envelope
{
    /// <summary>An envelope under one of the tests' keys.</summary>
    public static string Seal(int version, string tenant, string context, string plaintext)
    {
        using var ring = new KeyRing(version, [KeyValuePair.Create(version, MasterKeys.Values[version])]);
        using var format = new HkdfAes256Gcm("ocsuite-crypto-v1", "{tenant}:{context}");
        using var cipher = format.CreateCipher(ring.Keys.Single(), tenant, context);
        var bytes = Encoding.UTF8.GetBytes(plaintext);
        var envelope = new byte[bytes.Length + EnvelopeCipher.OverheadBytes];
        cipher.Seal(bytes, RandomNumberGenerator.GetBytes(EnvelopeCipher.NonceBytes), envelope);
        return Convert.ToBase64String(envelope);
    }

    /// <summary>An envelope of nothing, which the application never writes.</summary>
    public static string SealNothing(int version, string tenant, string context)
    {
        var key = HKDF.DeriveKey(
            HashAlgorithmName.SHA256,
            Encoding.UTF8.GetBytes(MasterKeys.Values[version]),
            32,
            "ocsuite-crypto-v1"u8.ToArray(),
            Encoding.UTF8.GetBytes($"{tenant}:{context}")
        );
        using var aes = new AesGcm(key, EnvelopeCipher.TagBytes);
        var envelope = RandomNumberGenerator.GetBytes(EnvelopeCipher.OverheadBytes);
        aes.Encrypt(
            envelope.AsSpan(0, EnvelopeCipher.NonceBytes),
            [],
            [],
            envelope.AsSpan(EnvelopeCipher.NonceBytes)
        );
        return Convert.ToBase64String(envelope);
    }
}
