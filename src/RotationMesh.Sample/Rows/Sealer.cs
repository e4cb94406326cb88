using System.Security.Cryptography;
using RotationMesh.Core.Envelopes;
using RotationMesh.Core.Keys;

namespace RotationMesh.Sample;

/// <summary>Encrypts the values of one thread, and damages those that are to be corrupt.</summary>
internal sealed class Sealer(KeyRing ring, int keyVersion, TenantIds tenants) : IDisposable
{
    private const int TagCharacter = 20; // byte 15 of the envelope: inside the tag, which is bytes 12 to 27
    private const int TruncatedLength = 24; // 18 bytes: the envelope ends inside its tag

    private static readonly byte[] NotBase64 = "(not an envelope)"u8.ToArray();

    private readonly Reencryptor reencryptor = new(ring);
    private readonly byte[] nonces = new byte[1_024 * EnvelopeCipher.NonceBytes];
    private readonly byte[] stored = new byte[
        (Corpus.MaxTextBytes + EnvelopeCipher.OverheadBytes + 2) / 3 * 4
    ];
    private int nonce = int.MaxValue;

    /// <summary>Returns the key version that a row claims.</summary>
    public int VersionOf(DamageKind? damage) =>
        damage == DamageKind.UnknownVersion ? DamagePlan.UnknownVersion : keyVersion;

    /// <summary>Returns the value to store; it is valid until the next call.</summary>
    public ReadOnlyMemory<byte> Seal(
        EnvelopeColumn column,
        int tenant,
        ReadOnlySpan<byte> plaintext,
        DamageKind? damage
    )
    {
        if (damage == DamageKind.NotBase64)
            return NotBase64;
        var name = damage == DamageKind.AnotherTenant ? tenants.Foreign(tenant) : tenants.Derived(tenant);
        var length = reencryptor.Encrypt(column, name, keyVersion, plaintext, NextNonce(), stored);
        if (damage == DamageKind.TamperedTag)
            stored[TagCharacter] = stored[TagCharacter] == 'A' ? (byte)'B' : (byte)'A';
        return stored.AsMemory(0, damage == DamageKind.Truncated ? TruncatedLength : length);
    }

    public void Dispose() => reencryptor.Dispose();

    // Asks the system for a thousand nonces at once: a call for each would cost more than its twelve bytes.
    private ReadOnlySpan<byte> NextNonce()
    {
        if (nonce >= nonces.Length)
        {
            RandomNumberGenerator.Fill(nonces);
            nonce = 0;
        }

        var next = nonces.AsSpan(nonce, EnvelopeCipher.NonceBytes);
        nonce += EnvelopeCipher.NonceBytes;
        return next;
    }
}
