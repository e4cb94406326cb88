using System.Security.Cryptography;
using System.Text;
using RotationMesh.Core.Envelopes;
using RotationMesh.Core.Keys;
using RotationMesh.TestKit;

namespace RotationMesh.UnitTests.Envelopes;

// What is tested is for one thread at a time, and the cases run side by side.
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class LargeReencryptorTests : IDisposable
{
    private const string OldKey = "d87b18c4c9ab5dbf33ad2ef84557ec7e731ee8d9b38938e8";
    private const string NewKey = "70b45ee4fd97d258681d5d00f4adc200d0aa147d4356a4a4";
    private const string Context = "notes";
    private const string Tenant = "acme";

    private readonly KeyRing ring = new(2, [KeyValuePair.Create(1, OldKey), KeyValuePair.Create(2, NewKey)]);
    private readonly HkdfAes256Gcm format = new("ocsuite-crypto-v1", "{tenant}:{context}");
    private readonly Reencryptor reencryptor;
    private readonly LargeReencryptor large;

    public LargeReencryptorTests()
    {
        reencryptor = new Reencryptor(ring);
        large = new LargeReencryptor(reencryptor);
    }

    public void Dispose()
    {
        reencryptor.Dispose();
        format.Dispose();
        ring.Dispose();
    }

    [TestCase(EnvelopeEncoding.Base64, 1)]
    [TestCase(EnvelopeEncoding.Base64, 2)]
    [TestCase(EnvelopeEncoding.Base64, 3)]
    [TestCase(EnvelopeEncoding.Base64, 5_000_000)]
    [TestCase(EnvelopeEncoding.Binary, 1)]
    [TestCase(EnvelopeEncoding.Binary, 5_000_000)]
    public void A_value_keeps_its_bytes_and_leaves_no_plaintext(EnvelopeEncoding encoding, int length)
    {
        var plaintext = RandomNumberGenerator.GetBytes(length);
        var stored = Stored(encoding, plaintext);

        var (error, made, secret) = Reencrypt(encoding, stored);

        Assert.That(error, Is.EqualTo(EnvelopeError.None));
        Assert.That(Open(encoding, made).AsSpan().SequenceEqual(plaintext));
        Assert.That(secret.AsSpan().ContainsAnyExcept((byte)0), Is.False);
        if (length > 16) // shorter ones are met by chance
            Assert.That(stored.AsSpan().IndexOf(plaintext), Is.EqualTo(-1));
        Assert.That(large.Check(Column(encoding), Tenant, 2, made), Is.EqualTo(EnvelopeError.None));
        Assert.That(made.AsSpan().ContainsAnyExcept((byte)0), Is.False, "what was checked is overwritten");
    }

    [TestCase(EnvelopeEncoding.Base64)]
    [TestCase(EnvelopeEncoding.Binary)]
    public void The_first_version_that_opens_a_value_is_told_and_leaves_no_plaintext(
        EnvelopeEncoding encoding
    )
    {
        var (_, made, _) = Reencrypt(encoding, Stored(encoding, RandomNumberGenerator.GetBytes(100_000)));
        var secret = new byte[made.Length];

        Assert.That(
            large.FirstToOpen(Column(encoding), Tenant, [1], made.ToArray(), secret),
            Is.Null,
            "it is of version 2"
        );
        Assert.That(large.FirstToOpen(Column(encoding), Tenant, [1, 2], made, secret), Is.EqualTo(2));
        Assert.That(secret.AsSpan().ContainsAnyExcept((byte)0), Is.False);
    }

    [TestCase("\n")]
    [TestCase(" \r\n\t")]
    [TestCase("!")]
    public void Text_that_is_not_canonical_is_read_as_the_application_reads_it(string foreign)
    {
        var plaintext = RandomNumberGenerator.GetBytes(100_001);
        var text = Encoding.ASCII.GetString(Stored(EnvelopeEncoding.Base64, plaintext));
        var odd = text.Insert(70, foreign).TrimEnd('=').Replace('+', '-').Replace('/', '_');

        var (error, made, _) = Reencrypt(EnvelopeEncoding.Base64, Encoding.ASCII.GetBytes(odd));

        Assert.That(error, Is.EqualTo(EnvelopeError.None));
        Assert.That(Open(EnvelopeEncoding.Base64, made).AsSpan().SequenceEqual(plaintext));
    }

    [TestCase(EnvelopeEncoding.Base64)]
    [TestCase(EnvelopeEncoding.Binary)]
    public void What_is_no_envelope_has_the_same_error_as_a_small_value(EnvelopeEncoding encoding)
    {
        var tampered = Stored(encoding, RandomNumberGenerator.GetBytes(1000));
        tampered[500] ^= 1;
        foreach (
            var value in (byte[][])
                [tampered, Encoding.ASCII.GetBytes("x"), new byte[28], Stored(encoding, [])]
        )
        {
            var column = Column(encoding);
            var expected = reencryptor.Check(column, Tenant, 1, value);
            Assert.That(expected, Is.Not.EqualTo(EnvelopeError.None));
            Assert.That(large.Check(column, Tenant, 1, value.ToArray()), Is.EqualTo(expected));
            Assert.That(Reencrypt(encoding, value.ToArray()).Error, Is.EqualTo(expected));
        }
    }

    private (EnvelopeError Error, byte[] Made, byte[] Secret) Reencrypt(
        EnvelopeEncoding encoding,
        byte[] stored
    )
    {
        var secret = new byte[Reencryptor.MaxPlaintextLength(encoding, stored.Length)];
        var made = new byte[Reencryptor.MaxSealedLength(encoding, stored.Length)];
        var error = large.Reencrypt(
            Column(encoding),
            Tenant,
            1,
            2,
            stored,
            secret,
            RandomNumberGenerator.GetBytes(EnvelopeCipher.NonceBytes),
            made,
            out var written
        );
        return (error, made[..written], secret);
    }

    private static byte[] Stored(EnvelopeEncoding encoding, byte[] plaintext)
    {
        var envelope = ReferenceEnvelope.Seal(OldKey, Tenant, Context, plaintext);
        return encoding == EnvelopeEncoding.Binary
            ? envelope
            : Encoding.ASCII.GetBytes(Convert.ToBase64String(envelope));
    }

    private static byte[] Open(EnvelopeEncoding encoding, byte[] made) =>
        ReferenceEnvelope.Open(
            NewKey,
            Tenant,
            Context,
            encoding == EnvelopeEncoding.Binary
                ? made
                : Convert.FromBase64String(Encoding.ASCII.GetString(made))
        );

    private EnvelopeColumn Column(EnvelopeEncoding encoding) => new(format, Context, encoding);
}
