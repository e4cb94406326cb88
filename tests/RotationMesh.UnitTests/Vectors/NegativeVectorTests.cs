using RotationMesh.Core.Envelopes;

namespace RotationMesh.UnitTests.Vectors;

public sealed class NegativeVectorTests
{
    [TestCaseSource(typeof(PublicVectors), nameof(PublicVectors.Negative))]
    public void What_the_application_refuses_is_refused_with_its_class(object source)
    {
        var vector = (Vector)source;
        switch (vector)
        {
            case { Operation: "encrypt" }:
                Assert.That(() => Encrypt(vector), Throws.ArgumentException);
                break;
            case { Context: "" }:
                Assert.That(() => VectorCrypto.Check(vector), Throws.ArgumentException);
                break;
            case { KeyVersion: 99 }:
                Assert.That(() => VectorCrypto.Check(vector), Throws.InvalidOperationException);
                break;
            default:
                Assert.That(VectorCrypto.Check(vector), Is.EqualTo(Expected(vector)));
                break;
        }
    }

    [TestCaseSource(typeof(PublicVectors), nameof(PublicVectors.MasterKeys))]
    public void A_master_key_is_accepted_exactly_where_the_application_accepts_it(object source)
    {
        var vector = (MasterKeyVector)source;

        Assert.That(Core.Keys.MasterKeyRules.Refusal(vector.MasterKey), vector.Valid ? Is.Null : Is.Not.Null);
    }

    private static EnvelopeError Expected(Vector vector) =>
        vector switch
        {
            { TenantId: "" } => EnvelopeError.AuthenticationFailed, // no key is derived for it, so none fits
            { Kind: "validly encrypted EMPTY plaintext (28 bytes)" } => EnvelopeError.EmptyPlaintext,
            { ErrorClass: "AuthenticationError" } => EnvelopeError.AuthenticationFailed,
            { ErrorClass: "InvalidCiphertextError" } => EnvelopeError.MalformedEnvelope,
            _ => throw new AssertionException($"no class is known for vector {vector.Id}"),
        };

    private static void Encrypt(Vector vector)
    {
        using var ring = vector.Ring();
        using var format = Vector.Format();
        using var reencryptor = new Reencryptor(ring);
        reencryptor.Encrypt(
            vector.Column(format),
            vector.TenantId,
            Vector.OtherVersion,
            [],
            VectorCrypto.Nonce(),
            new byte[64]
        );
    }
}
