using RotationMesh.Core;
using RotationMesh.Hosting;

namespace RotationMesh.UnitTests.Hosting;

public sealed class DotEnvFileTests
{
    [TestCase("A=b", "b")]
    [TestCase("  A = b  ", "b")]
    [TestCase("export A=b", "b")]
    [TestCase("A=", "")]
    [TestCase("A=b=c==", "b=c==")]
    [TestCase("A=b # said", "b")]
    [TestCase("A=b#c", "b#c")]
    [TestCase("A='b # c'", "b # c")]
    [TestCase("A='b\\n'", "b\\n")]
    [TestCase("A=\"b\\nc\"", "b\nc")]
    [TestCase("A=\"b\\\"c\\\\\" # said", "b\"c\\")]
    [TestCase("A={\"1\": \"key\"}", "{\"1\": \"key\"}")]
    [TestCase("A=1\nA=2", "2")]
    [TestCase("# A=1\r\n\r\nA=2\r\n", "2")]
    public void A_value_is_read_as_written(string text, string expected)
    {
        using var file = new TextFile(text);

        Assert.That(DotEnvFile.Read(file.Path)["A"], Is.EqualTo(expected));
    }

    [TestCase("A=1\nhush-hush", ":2: expected NAME=value")]
    [TestCase("=hush-hush", ":1: expected NAME=value")]
    [TestCase("A=\"hush-hush", ":1: a quoted value has no end")]
    [TestCase("A='hush' hush", ":1: a quoted value has no end, or something follows it")]
    public void A_line_that_is_not_understood_is_named_and_not_shown(string text, string reason)
    {
        using var file = new TextFile(text);

        var message = Assert.Throws<UsageException>(() => DotEnvFile.Read(file.Path))!.Message;

        Assert.That(message, Does.Contain(file.Path + reason).And.Not.Contain("hush"));
    }

    [Test]
    public void A_file_that_is_not_there_is_named() =>
        Assert.That(
            () => DotEnvFile.Read("/nowhere/.env"),
            Throws.TypeOf<UsageException>().With.Message.Contains("/nowhere/.env can't be read")
        );
}
