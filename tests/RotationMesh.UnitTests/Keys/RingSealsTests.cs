using System.Security.Cryptography;
using System.Text;
using RotationMesh.Core.Keys;

namespace RotationMesh.UnitTests.Keys;

public sealed class RingSealsTests
{
    private const string First = "3afba7d2cf3080391cd91c1f9ba595f88da89edb0e8774f3a4bef91c6aea1934";
    private const string Second = "25a09ff82a4c540d8245efbfd06dec2003e5f11c80fc6afa2626e71b50e7971b";

    [Test]
    public void A_seal_is_an_hmac_under_a_key_that_is_derived_for_its_purpose()
    {
        using var ring = Ring(2);
        var key = HKDF.DeriveKey(
            HashAlgorithmName.SHA256,
            Encoding.UTF8.GetBytes(Second),
            32,
            [],
            "rotationmesh/request/v1"u8.ToArray()
        );

        var seal = ring.Seal(SealPurpose.Request, "content"u8);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(seal.Version, Is.EqualTo(2));
            Assert.That(seal.Mac.ToArray(), Is.EqualTo(HMACSHA256.HashData(key, "content"u8.ToArray())));
            Assert.That(Seal.TryParse(seal.ToString())!.Value.Mac.ToArray(), Is.EqualTo(seal.Mac.ToArray()));
        }
    }

    [Test]
    public void It_holds_for_its_content_and_purpose_alone()
    {
        using var ring = Ring(2);
        var seal = ring.Seal(SealPurpose.Request, "content"u8);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                ring.Judge(SealPurpose.Request, "content"u8, seal),
                Is.EqualTo(SealVerdict.ByCurrent)
            );
            Assert.That(ring.Judge(SealPurpose.Request, "other"u8, seal), Is.EqualTo(SealVerdict.Broken));
            Assert.That(ring.Judge(SealPurpose.Message, "content"u8, seal), Is.EqualTo(SealVerdict.Broken));
        }
    }

    [Test]
    public void Whoever_has_moved_on_knows_the_key_and_whoever_lacks_it_does_not()
    {
        using var ring = Ring(2);
        using var newer = Ring(1);
        using var old = new KeyRing(1, new Dictionary<int, string> { [1] = First });
        var seal = ring.Seal(SealPurpose.Message, "content"u8);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(newer.Judge(SealPurpose.Message, "content"u8, seal), Is.EqualTo(SealVerdict.ByOther));
            Assert.That(
                old.Judge(SealPurpose.Message, "content"u8, seal),
                Is.EqualTo(SealVerdict.KeyUnknown)
            );
            Assert.That(ring.SealByEach(SealPurpose.Message, "content"u8), Has.Count.EqualTo(2));
        }
    }

    [Test]
    public void A_ring_that_was_disposed_of_seals_nothing()
    {
        var ring = Ring(2);
        var seal = ring.Seal(SealPurpose.Message, "content"u8);
        ring.Dispose();

        Assert.Throws<ObjectDisposedException>(() => ring.Seal(SealPurpose.Message, "content"u8));
        Assert.Throws<ObjectDisposedException>(() => ring.Judge(SealPurpose.Message, "content"u8, seal));
    }

    [Test]
    public void Parts_that_differ_are_never_the_same_bytes()
    {
        byte[][] all =
        [
            new SealedText().Add("ab").Add("c").Bytes.ToArray(),
            new SealedText().Add("a").Add("bc").Bytes.ToArray(),
            new SealedText().Add("abc").Add((string?)null).Bytes.ToArray(),
            new SealedText().Add("abc").Add("").Bytes.ToArray(),
            new SealedText().Add(["ab", "c"]).Bytes.ToArray(),
            new SealedText().Add((IReadOnlyCollection<string>?)null).Bytes.ToArray(),
            new SealedText().Add(Array.Empty<string>()).Bytes.ToArray(),
        ];

        Assert.That(all.Select(Convert.ToHexString).Distinct().Count(), Is.EqualTo(all.Length));
    }

    private static KeyRing Ring(int current) =>
        new(current, new Dictionary<int, string> { [1] = First, [2] = Second });
}
