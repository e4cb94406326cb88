using RotationMesh.Tables.Rows;

namespace RotationMesh.UnitTests.Rows;

public sealed class NonceSourceTests
{
    [Test]
    public void No_nonce_is_handed_out_twice_however_many_draws_it_takes()
    {
        var nonces = new NonceSource();
        var seen = new HashSet<string>();

        for (var i = 0; i < 10_000; i++)
            Assert.That(seen.Add(Convert.ToHexString(nonces.Next())));
    }

    [Test]
    public void Two_sources_do_not_draw_alike() =>
        Assert.That(
            Convert.ToHexString(new NonceSource().Next()),
            Is.Not.EqualTo(Convert.ToHexString(new NonceSource().Next()))
        );
}
