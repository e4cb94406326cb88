using CsCheck;
using RotationMesh.Core.Envelopes;

namespace RotationMesh.UnitTests.Envelopes;

public sealed class CipherCacheTests
{
    [Test]
    public void It_never_holds_more_than_its_bound_and_always_gives_a_cipher_that_works() =>
        Gen.Select(Gen.Int[2, 9], Gen.Int[0, 12].List[1, 200])
            .Sample(
                (bound, tenants) =>
                {
                    using var format = new HkdfAes256Gcm("salt", "{tenant}");
                    using var cache = new CipherCache(bound);
                    return tenants.All(tenant =>
                        Works(cache.Get(Key(format, tenant), 0, Create)) && cache.Count <= bound
                    );
                },
                iter: 200
            );

    [Test]
    public void A_cipher_that_is_dropped_is_disposed()
    {
        using var format = new HkdfAes256Gcm("salt", "{tenant}");
        using var cache = new CipherCache(2);
        var first = cache.Get(Key(format, 0), 0, Create);

        for (var tenant = 1; tenant <= 2; tenant++)
            cache.Get(Key(format, tenant), 0, Create);

        Assert.That(() => Works(first), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(Works(cache.Get(Key(format, 0), 0, Create)), "it is derived again");
    }

    [Test]
    public void A_cipher_that_is_used_again_and_again_stays()
    {
        using var format = new HkdfAes256Gcm("salt", "{tenant}");
        using var cache = new CipherCache(4);
        var used = cache.Get(Key(format, 0), 0, Create);

        for (var tenant = 1; tenant < 50; tenant++)
        {
            cache.Get(Key(format, tenant), 0, Create);
            Assert.That(cache.Get(Key(format, 0), 0, Create), Is.SameAs(used));
        }
    }

    [Test]
    public void Every_cipher_is_disposed_with_the_cache()
    {
        using var format = new HkdfAes256Gcm("salt", "{tenant}");
        var cache = new CipherCache(8);
        var ciphers = Enumerable
            .Range(0, 8)
            .Select(tenant => cache.Get(Key(format, tenant), 0, Create))
            .ToList();

        cache.Dispose();

        Assert.That(cache.Count, Is.Zero);
        foreach (var cipher in ciphers)
            Assert.That(() => Works(cipher), Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public void A_bound_that_two_generations_cannot_keep_is_refused() =>
        Assert.That(() => new CipherCache(1), Throws.InstanceOf<ArgumentOutOfRangeException>());

    private static CipherKey Key(HkdfAes256Gcm format, int tenant) => new(format, "context", 1, $"t{tenant}");

    private static EnvelopeCipher Create(CipherKey key, int state) => new(new byte[32]);

    private static bool Works(EnvelopeCipher cipher)
    {
        cipher.Seal([1], new byte[EnvelopeCipher.NonceBytes], new byte[EnvelopeCipher.OverheadBytes + 1]);
        return true;
    }
}
