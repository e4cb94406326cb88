using RotationMesh.Tables.Rows;

namespace RotationMesh.UnitTests.Rows;

public sealed class ReadingStartTests
{
    [Test]
    public void What_is_kept_is_read_again() =>
        Assert.That(
            ReadingStart.TryParse("1764475719.283746+1764475720.5/16384/8589934591")?.ToText(),
            Is.EqualTo("1764475719.283746+1764475720.5/16384/8589934591")
        );

    [TestCase(null)]
    [TestCase("")]
    [TestCase("1764475719.283746/16384")]
    [TestCase("1764475719.283746/16384/18446744073709551616")]
    public void Something_else_is_no_moment(string? text) =>
        Assert.That(ReadingStart.TryParse(text), Is.Null);
}
