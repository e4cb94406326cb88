using System.Security.Cryptography;
using System.Text;
using CsCheck;
using RotationMesh.Control.Audit;
using RotationMesh.Core.Keys;

namespace RotationMesh.UnitTests.Audit;

public sealed class AuditHashTests
{
    private static readonly AuditEvent Event = new()
    {
        Sequence = 258,
        RecordedAt = DateTime.UnixEpoch.AddTicks(TimeSpan.TicksPerMicrosecond * 3),
        Kind = "StateChanged",
        RotationId = Guid.Parse("00112233-4455-6677-8899-aabbccddeeff"),
        Actor = "zoë",
        Host = "h",
        Details = "{}",
        PreviousHash = new byte[32],
    };

    [Test]
    public void The_hash_covers_the_bytes_that_the_documentation_names()
    {
        var written = Convert.FromHexString(
            "00000015"
                + Hex("rotationmesh/audit/v1")
                + "00000020"
                + new string('0', 64)
                + "00000008"
                + "0000000000000102"
                + "00000008"
                + "0000000000000003"
                + "0000000c"
                + Hex("StateChanged")
                + "00000010"
                + "00112233445566778899aabbccddeeff"
                + "00000004"
                + Hex("zoë")
                + "00000001"
                + Hex("h")
                + "00000002"
                + Hex("{}")
        );

        Assert.That(AuditHash.Of(Event), Is.EqualTo(SHA256.HashData(written)));
    }

    [Test]
    public void The_hash_of_a_keyed_event_covers_the_version_of_its_key()
    {
        var keyed = Event with { KeyVersion = 2, Mac = new byte[32] };

        Assert.That(AuditHash.Of(keyed), Is.Not.EqualTo(AuditHash.Of(keyed with { KeyVersion = 3 })));
        Assert.That(AuditHash.Of(keyed), Is.Not.EqualTo(AuditHash.Of(Event)));
        Assert.That(AuditHash.Of(keyed), Is.EqualTo(AuditHash.Of(keyed with { Mac = null })));
    }

    [Test]
    public void The_code_of_an_event_is_the_one_that_the_documentation_names()
    {
        var master = new string('k', 32);
        using var ring = new KeyRing(2, new Dictionary<int, string> { [2] = master });
        var hash = SHA256.HashData("event"u8);
        var key = HKDF.DeriveKey(
            HashAlgorithmName.SHA256,
            Encoding.UTF8.GetBytes(master),
            32,
            "rotationmesh"u8.ToArray(),
            "rotationmesh/audit/v2"u8.ToArray()
        );
        var message = Convert.FromHexString(
            "0000001b" + Hex("rotationmesh/audit/v2/event") + "00000020" + Convert.ToHexStringLower(hash)
        );

        Assert.That(
            new AuditSeal(new AuditMac(ring)).OfEvent(2, hash),
            Is.EqualTo(HMACSHA256.HashData(key, message))
        );
    }

    [Test]
    public void Keys_that_are_zeroed_seal_nothing()
    {
        var ring = new KeyRing(2, new Dictionary<int, string> { [2] = new('k', 32) });
        ring.Dispose();

        Assert.That(() => new AuditMac(ring).Of(2, "x"u8), Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public void An_absent_rotation_is_not_an_empty_one() =>
        Assert.That(
            AuditHash.Of(Event with { RotationId = null }),
            Is.Not.EqualTo(AuditHash.Of(Event with { RotationId = Guid.Empty }))
        );

    [Test]
    public void Text_that_is_divided_otherwise_has_another_hash() =>
        Gen.Select(Gen.String[Gen.Char.AlphaNumeric, 1, 12], Gen.Int[0, 12], Gen.Int[0, 12])
            .Sample(
                (text, one, other) =>
                {
                    var (left, right) = (Math.Min(one, text.Length), Math.Min(other, text.Length));
                    return left
                        == right
                        == AuditHash
                            .Of(Divided(text, left))
                            .AsSpan()
                            .SequenceEqual(AuditHash.Of(Divided(text, right)));
                }
            );

    private static AuditEvent Divided(string text, int at) =>
        Event with
        {
            Actor = text[..at],
            Host = text[at..],
        };

    private static string Hex(string text) => Convert.ToHexStringLower(Encoding.UTF8.GetBytes(text));
}
