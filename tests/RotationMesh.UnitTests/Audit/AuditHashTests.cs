using System.Security.Cryptography;
using System.Text;
using CsCheck;
using RotationMesh.Postgres.Control.Audit;

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
