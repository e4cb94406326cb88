using RotationMesh.Core;

namespace RotationMesh.UnitTests;

public sealed class NearNamesTests
{
    private static readonly string[] Known = ["table", "tenant", "tenantWhenNull", "version", "columns"];

    [TestCase("tenent", "tenant")]
    [TestCase("TABLE", "table")]
    [TestCase("verson", "version")]
    [TestCase("WhenNull", "tenantWhenNull")]
    public void A_mistyped_name_has_its_near_name_first(string typed, string near) =>
        Assert.That(NearNames.Of(typed, Known)[0], Is.EqualTo(near));

    [Test]
    public void A_strange_name_has_none()
    {
        Assert.That(NearNames.Of("encryption", Known), Is.Empty);
        Assert.That(NearNames.Hint("encryption", Known), Is.Empty);
    }

    [Test]
    public void At_most_three_are_named_nearest_first() =>
        Assert.That(NearNames.Of("ab", ["abcd", "a", "abc", "xb", "ab"]), Is.EqualTo(["ab", "a", "abc"]));

    [Test]
    public void The_hint_is_a_question() =>
        Assert.That(NearNames.Hint("tenent", Known), Is.EqualTo(" Did you mean 'tenant'?"));
}
