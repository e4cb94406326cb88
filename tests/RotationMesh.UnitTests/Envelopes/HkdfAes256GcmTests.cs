using RotationMesh.Core.Envelopes;
using RotationMesh.Core.Keys;

namespace RotationMesh.UnitTests.Envelopes;

public sealed class HkdfAes256GcmTests
{
    [Test]
    public void Keys_of_one_version_in_two_rings_derive_different_keys()
    {
        using var format = new HkdfAes256Gcm("salt", "{tenant}:{context}");
        using var before = Ring("11cbb2cc7e9d4b0a9f6d4c0e2ab8f7d311cbb2cc");
        using var after = Ring("73a9e1f04c6b8d25a0e7c3915fd86b4273a9e1f0");

        var (first, second, again) = (
            Derived(format, before),
            Derived(format, after),
            Derived(format, before)
        );

        Assert.That(second, Is.Not.EqualTo(first));
        Assert.That(again, Is.EqualTo(first));
    }

    private static KeyRing Ring(string key) => new(2, new Dictionary<int, string> { [2] = key });

    private static byte[] Derived(HkdfAes256Gcm format, KeyRing ring)
    {
        var derived = new byte[32];
        format.DeriveKey(
            ring.TryGet(2, out var key) ? key : throw new InvalidOperationException(),
            "acme",
            "context",
            derived
        );
        return derived;
    }
}
