using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using RotationMesh.Core.Envelopes;
using RotationMesh.Core.Keys;
using RotationMesh.TestKit;

namespace RotationMesh.UnitTests.Envelopes;

/// <summary>
/// Reading stops at the padding of base64. What follows it is dropped by a rewrite, so it must not be another envelope.
/// </summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class FollowedEnvelopeTests : IDisposable
{
    private const string OldKey = "d87b18c4c9ab5dbf33ad2ef84557ec7e731ee8d9b38938e8";
    private const string NewKey = "70b45ee4fd97d258681d5d00f4adc200d0aa147d4356a4a4";
    private const string Context = "notes";
    private const string Tenant = "acme";

    private readonly KeyRing ring = new(2, [KeyValuePair.Create(1, OldKey), KeyValuePair.Create(2, NewKey)]);
    private readonly HkdfAes256Gcm format = new("ocsuite-crypto-v1", "{tenant}:{context}");
    private readonly Reencryptor reencryptor;

    public FollowedEnvelopeTests() => reencryptor = new Reencryptor(ring);

    public void Dispose()
    {
        reencryptor.Dispose();
        format.Dispose();
        ring.Dispose();
    }

    private EnvelopeColumn Column => new(format, Context, EnvelopeEncoding.Base64);

    [TestCase(",{0}")]
    [TestCase("\n{0}")]
    [TestCase("= old: {1}")]
    [TestCase(" {2}")]
    [TestCase("|AAAA|AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")] // 39 digits
    public void A_value_that_may_be_followed_by_another_stays_as_it_is(string other)
    {
        var stored = Followed(4, other);
        var made = new byte[Reencryptor.MaxSealedLength(EnvelopeEncoding.Base64, stored.Length)];

        Assert.That(reencryptor.Check(Column, Tenant, 1, stored), Is.EqualTo(EnvelopeError.MayHoldAnother));
        var error = reencryptor.Reencrypt(Column, Tenant, 1, 2, stored, new byte[12], made, out var written);

        Assert.That((error, written), Is.EqualTo((EnvelopeError.MayHoldAnother, 0)));
        Assert.That(made, Is.All.Zero);
    }

    [TestCase(",{0}")]
    [TestCase("\n{0}")]
    [TestCase("= old: {1}")]
    [TestCase(" {2}")]
    [TestCase("|AAAA|AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")] // 39 digits
    public void So_does_a_large_one_and_it_leaves_no_plaintext(string other)
    {
        var stored = Followed(100_000, other);
        var secret = new byte[Reencryptor.MaxPlaintextLength(EnvelopeEncoding.Base64, stored.Length)];
        var made = new byte[Reencryptor.MaxSealedLength(EnvelopeEncoding.Base64, stored.Length)];
        var large = new LargeReencryptor(reencryptor);

        Assert.That(
            large.Check(Column, Tenant, 1, stored.ToArray()),
            Is.EqualTo(EnvelopeError.MayHoldAnother)
        );
        var error = large.Reencrypt(
            Column,
            Tenant,
            1,
            2,
            stored,
            secret,
            new byte[12],
            made,
            out var written
        );

        Assert.That((error, written), Is.EqualTo((EnvelopeError.MayHoldAnother, 0)));
        Assert.That(secret.AsSpan().ContainsAnyExcept((byte)0), Is.False);
    }

    [TestCase("")]
    [TestCase("\r\n")]
    [TestCase("=AAAA")]
    [TestCase(" -- imported from the old system by somebody, who left this remark behind the value")]
    [TestCase(",AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")] // 38 digits
    [TestCase(",AAAAAAAAAAAAAAAAAAAA,AAAAAAAAAAAAAAAAAAAA")]
    public void Text_that_is_too_short_for_an_envelope_is_passed_over_as_the_application_does(string rest)
    {
        var stored = Encoding.ASCII.GetBytes(Sealed(4) + rest);
        var made = new byte[Reencryptor.MaxSealedLength(EnvelopeEncoding.Base64, stored.Length)];

        var error = reencryptor.Reencrypt(
            Column,
            Tenant,
            1,
            2,
            stored,
            RandomNumberGenerator.GetBytes(12),
            made,
            out var written
        );

        Assert.That(error, Is.EqualTo(EnvelopeError.None));
        Assert.That(reencryptor.Check(Column, Tenant, 2, made.AsSpan(0, written)), Is.EqualTo(error));
        Assert.That(
            new LargeReencryptor(reencryptor).Check(Column, Tenant, 1, stored),
            Is.EqualTo(EnvelopeError.None)
        );
    }

    [Test]
    public void Whose_key_is_another_is_said_first()
    {
        var stored = Encoding.ASCII.GetBytes($"{Sealed(4)},{Sealed(4)}");

        Assert.That(
            reencryptor.Check(Column, Tenant, 2, stored),
            Is.EqualTo(EnvelopeError.AuthenticationFailed)
        );
    }

    // What follows may name another envelope: as it is, without padding in the alphabet of addresses, and in lines.
    private static byte[] Followed(int length, string other)
    {
        var one = Sealed(30);
        return Encoding.ASCII.GetBytes(
            Sealed(length)
                + string.Format(
                    CultureInfo.InvariantCulture,
                    other,
                    one,
                    one.TrimEnd('=').Replace('+', '-').Replace('/', '_'),
                    one.Insert(30, "\r\n")
                )
        );
    }

    // In base64 with padding, of plaintexts of 4, 30 and 100,000 bytes.
    private static string Sealed(int length) =>
        Convert.ToBase64String(
            ReferenceEnvelope.Seal(OldKey, Tenant, Context, RandomNumberGenerator.GetBytes(length))
        );
}
