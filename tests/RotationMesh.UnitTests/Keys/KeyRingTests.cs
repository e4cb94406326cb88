using RotationMesh.Core.Keys;

namespace RotationMesh.UnitTests.Keys;

public sealed class KeyRingTests
{
    private const string Key = "d87b18c4c9ab5dbf33ad2ef84557ec7e731ee8d9b38938e8";

    [Test]
    public void A_ring_without_its_current_version_is_refused() =>
        Assert.That(
            () => new KeyRing(2, [KeyValuePair.Create(1, Key)]),
            Throws.ArgumentException.With.Message.Contains("lacks its current version 2")
        );

    [Test]
    public void A_version_below_1_is_refused() =>
        Assert.That(
            () => new KeyRing(0, [KeyValuePair.Create(0, Key)]),
            Throws.InstanceOf<ArgumentOutOfRangeException>()
        );

    [Test]
    public void A_version_that_is_given_twice_is_refused() =>
        Assert.That(
            () => new KeyRing(1, [KeyValuePair.Create(1, Key), KeyValuePair.Create(1, Key)]),
            Throws.ArgumentException.With.Message.Not.Contains(Key)
        );

    [Test]
    public void A_ring_that_is_disposed_holds_zeroes()
    {
        var ring = new KeyRing(1, [KeyValuePair.Create(1, Key)]);
        var master = ring.Keys.Single();

        ring.Dispose();

        Assert.That(master.Bytes.ToArray(), Is.All.Zero);
    }

    [Test]
    public void A_key_under_two_versions_loads_and_is_named_with_both_and_its_fingerprint()
    {
        using var ring = new KeyRing(
            3,
            [KeyValuePair.Create(1, Key), KeyValuePair.Create(2, $"{Key}0"), KeyValuePair.Create(3, Key)]
        );

        Assert.Multiple(() =>
        {
            Assert.That(ring.SharedWith(3), Is.EqualTo((int[])[1]));
            Assert.That(ring.SharedWith(2), Is.Empty);
            Assert.That(SharedKey.Explain(ring, 2), Is.Null);
            Assert.That(
                SharedKey.Explain(ring, 1),
                Is.EqualTo(
                    $"key versions 1 and 3 are one and the same key (fingerprint {ring.Keys.First().Fingerprint})"
                )
            );
        });
    }

    [Test]
    public void A_key_does_not_show_itself_as_text()
    {
        using var ring = new KeyRing(1, [KeyValuePair.Create(1, Key)]);

        Assert.That(ring.Keys.Single().ToString(), Does.Not.Contain(Key));
    }
}
