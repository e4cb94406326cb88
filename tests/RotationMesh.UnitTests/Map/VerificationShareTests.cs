using RotationMesh.Core.Map;

namespace RotationMesh.UnitTests.Map;

public sealed class VerificationShareTests
{
    [TestCase(null, 999_999, 1)]
    [TestCase("", 1_000_000, 0.01)]
    [TestCase("counts", 5, 0)]
    [TestCase("full", 2_000_000, 1)]
    [TestCase("sample:5%", 100_000, 0.05)]
    [TestCase("sample:0.5%", 100_000, 0.005)]
    [TestCase("sample:0.5%", 1000, 0.1, Description = "100 rows at least")]
    [TestCase("sample:0.0000001%", 100, 1, Description = "all of a small table")]
    [TestCase("sample:5%", 0, 1)]
    public void What_is_written_gives_the_share(string? text, long rows, double share) =>
        Assert.That(VerificationShare.TryParse(text)!.Of(rows), Is.EqualTo(share));

    [TestCase("none")]
    [TestCase("sample")]
    [TestCase("sample:5")]
    [TestCase("sample:0%")]
    [TestCase("sample:101%")]
    [TestCase("sample:NaN%")]
    [TestCase("sample:1e-300%")]
    [TestCase("sample:1e1%")]
    [TestCase("sample: 5%")]
    [TestCase("sample:+5%")]
    [TestCase("sample:5%%")]
    [TestCase("sample:0.00000000000000000000000000000000001%")]
    public void Anything_else_is_refused(string text) =>
        Assert.That(VerificationShare.TryParse(text), Is.Null);
}
