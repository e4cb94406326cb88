using System.Security.Cryptography;
using System.Text;
using RotationMesh.Core.Keys;

namespace RotationMesh.UnitTests.Keys;

public sealed class FingerprintTests
{
    [TestCase("d87b18c4c9ab5dbf33ad2ef84557ec7e731ee8d9b38938e849b11b5ac72b3069")]
    [TestCase("ключключключключключключключключ")]
    public void A_fingerprint_is_the_start_of_the_keyed_hash_of_its_own_name(string key)
    {
        var mac = HMACSHA256.HashData(
            Encoding.UTF8.GetBytes(key),
            Encoding.ASCII.GetBytes("rotationmesh/fingerprint/v1")
        );

        using var ring = new KeyRing(3, [KeyValuePair.Create(3, key)]);

        Assert.That(
            ring.Keys.Single().Fingerprint,
            Is.EqualTo(Convert.ToHexString(mac, 0, 8).ToLowerInvariant())
        );
    }

    // Made with: printf %s rotationmesh/fingerprint/v1 | openssl dgst -sha256 -hmac KEY
    [Test]
    public void A_known_key_has_its_known_fingerprint() =>
        Assert.That(Fingerprint.Of("0123456789abcdef0123456789abcdef"u8), Is.EqualTo("38b44c98df88e850"));
}
