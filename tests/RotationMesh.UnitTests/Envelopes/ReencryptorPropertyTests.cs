using System.Security.Cryptography;
using System.Text;
using CsCheck;
using RotationMesh.Core.Envelopes;
using RotationMesh.Core.Keys;
using RotationMesh.TestKit;

namespace RotationMesh.UnitTests.Envelopes;

public sealed class ReencryptorPropertyTests
{
    private const string OldKey = "d87b18c4c9ab5dbf33ad2ef84557ec7e731ee8d9b38938e8";
    private const string NewKey = "70b45ee4fd97d258681d5d00f4adc200d0aa147d4356a4a4";
    private const string Context = "notes";

    private static readonly Gen<Value> Values = Gen.Select(
        Gen.Int[0, 60],
        Gen.OneOf(Gen.Int[1, 300], Gen.Int[1, 200 * 1024]),
        Gen.Bool,
        (tenant, length, binary) =>
            new Value($"tenant-{tenant}", length, binary ? EnvelopeEncoding.Binary : EnvelopeEncoding.Base64)
    );

    [Test]
    public void Values_of_many_tenants_keep_their_bytes_with_more_tenants_than_ciphers() =>
        Values
            .List[1, 12]
            .Sample(
                values =>
                {
                    using var ring = Ring();
                    using var format = new HkdfAes256Gcm("ocsuite-crypto-v1", "{tenant}:{context}");
                    using var reencryptor = new Reencryptor(ring, cipherBound: 4);
                    foreach (var value in values)
                        RoundTrip(reencryptor, format, value);
                },
                iter: 60
            );

    [Test]
    public void A_value_under_a_version_that_the_ring_lacks_is_never_made()
    {
        using var ring = Ring();
        using var format = new HkdfAes256Gcm("ocsuite-crypto-v1", "{tenant}:{context}");
        using var reencryptor = new Reencryptor(ring);
        var column = new EnvelopeColumn(format, Context, EnvelopeEncoding.Binary);
        var stored = ReferenceEnvelope.Seal(OldKey, "t", Context, [1, 2, 3]);
        var made = new byte[stored.Length];

        Assert.That(
            () =>
                reencryptor.Reencrypt(
                    column,
                    "t",
                    1,
                    3,
                    stored,
                    new byte[EnvelopeCipher.NonceBytes],
                    made,
                    out _
                ),
            Throws.InvalidOperationException
        );
        Assert.That(made, Is.All.Zero);
    }

    private static void RoundTrip(Reencryptor reencryptor, HkdfAes256Gcm format, Value value)
    {
        var plaintext = RandomNumberGenerator.GetBytes(value.Length);
        var sealedOld = ReferenceEnvelope.Seal(OldKey, value.Tenant, Context, plaintext);
        var binary = value.Encoding == EnvelopeEncoding.Binary;
        var stored = binary ? sealedOld : Encoding.ASCII.GetBytes(Convert.ToBase64String(sealedOld));
        var made = new byte[Reencryptor.MaxSealedLength(value.Encoding, stored.Length)];
        var nonce = RandomNumberGenerator.GetBytes(EnvelopeCipher.NonceBytes);

        var error = reencryptor.Reencrypt(
            new EnvelopeColumn(format, Context, value.Encoding),
            value.Tenant,
            1,
            2,
            stored,
            nonce,
            made,
            out var written
        );

        Assert.That(error, Is.EqualTo(EnvelopeError.None));
        var envelope = binary
            ? made[..written]
            : Convert.FromBase64String(Encoding.ASCII.GetString(made, 0, written));
        Assert.That(envelope[..EnvelopeCipher.NonceBytes], Is.EqualTo(nonce));
        Assert.That(
            ReferenceEnvelope.Open(NewKey, value.Tenant, Context, envelope).AsSpan().SequenceEqual(plaintext)
        );
    }

    private static KeyRing Ring() => new(2, [KeyValuePair.Create(1, OldKey), KeyValuePair.Create(2, NewKey)]);

    private sealed record Value(string Tenant, int Length, EnvelopeEncoding Encoding);
}
