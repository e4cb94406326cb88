using System.Text;
using RotationMesh.Core.Envelopes;
using RotationMesh.TestKit;

namespace RotationMesh.UnitTests.Vectors;

public sealed class PositiveVectorTests
{
    [Test]
    public void The_file_is_the_whole_one() => Assert.That(PublicVectors.Count, Is.EqualTo(60 + 27 + 9 + 20));

    [TestCaseSource(typeof(PublicVectors), nameof(PublicVectors.Positive))]
    public void The_derived_key_is_the_application_s(object source)
    {
        var vector = (Vector)source;
        using var ring = vector.Ring();
        using var format = Vector.Format();
        var derived = new byte[32];

        ring.TryGet(vector.KeyVersion, out var master);
        format.DeriveKey(master!, vector.TenantId, vector.Context, derived);

        Assert.That(Convert.ToHexStringLower(derived), Is.EqualTo(vector.DerivedKeyHex));
    }

    [TestCaseSource(typeof(PublicVectors), nameof(PublicVectors.Positive))]
    [TestCaseSource(typeof(PublicVectors), nameof(PublicVectors.Oddities))]
    public void The_envelope_opens_to_the_plaintext_s_bytes(object source)
    {
        var vector = (Vector)source;

        Assert.That(VectorCrypto.Open(vector), Is.EqualTo(VectorCrypto.PlaintextBytes(vector)));
    }

    [TestCaseSource(typeof(PublicVectors), nameof(PublicVectors.Positive))]
    [TestCaseSource(typeof(PublicVectors), nameof(PublicVectors.Oddities))]
    public void Re_encrypting_keeps_every_byte_and_writes_canonical_base64(object source)
    {
        var vector = (Vector)source;

        var made = VectorCrypto.Reencrypt(vector, VectorCrypto.Nonce());
        var envelope = Convert.FromBase64String(made);
        var plaintext = ReferenceEnvelope.Open(Vector.OtherKey, vector.TenantId, vector.Context, envelope);

        Assert.That(plaintext, Is.EqualTo(VectorCrypto.PlaintextBytes(vector)));
        Assert.That(made, Is.EqualTo(Convert.ToBase64String(envelope)));
    }

    [Test]
    public void A_plaintext_that_is_not_utf8_stays_as_it_is()
    {
        var vector = (Vector)
            PublicVectors.Oddities.Single(test => NotUtf8((Vector)test.Arguments[0]!)).Arguments[0]!;

        var made = VectorCrypto.Reencrypt(vector, VectorCrypto.Nonce());

        Assert.That(
            ReferenceEnvelope.Open(
                Vector.OtherKey,
                vector.TenantId,
                vector.Context,
                Convert.FromBase64String(made)
            ),
            Is.EqualTo(new byte[] { 0x61, 0xFF, 0xFE, 0x62 })
        );
    }

    [Test]
    public void Two_re_encryptions_share_neither_nonce_nor_ciphertext()
    {
        var vector = (Vector)PublicVectors.Positive.First().Arguments[0]!;

        var first = Convert.FromBase64String(VectorCrypto.Reencrypt(vector, VectorCrypto.Nonce()));
        var second = Convert.FromBase64String(VectorCrypto.Reencrypt(vector, VectorCrypto.Nonce()));

        Assert.That(first[..EnvelopeCipher.NonceBytes], Is.Not.EqualTo(second[..EnvelopeCipher.NonceBytes]));
        Assert.That(first, Is.Not.EqualTo(second));
    }

    private static bool NotUtf8(Vector vector) =>
        vector.Kind!.Contains("not UTF-8", StringComparison.Ordinal)
        && vector.Plaintext.Contains(Encoding.UTF8.GetString([0xFF]), StringComparison.Ordinal);
}
