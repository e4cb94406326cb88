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
    [TestCase("\uFEFFA=b", "b")]
    [TestCase("X=1\rA=b\rY=2\r", "b")]
    [TestCase("export\tA='b'", "b")]
    [TestCase("export = 1\nA=b", "b")]
    [TestCase("A: b", "b")]
    [TestCase("A: 'b'", "b")]
    [TestCase("A=`b'\"c`", "b'\"c")]
    [TestCase("A='{\r\n  \"1\": \"key\"\r\n}'\r\nB=1", "{\n  \"1\": \"key\"\n}")]
    [TestCase("A=\"{\n  \\\"1\\\": \\\"key\\\"\n}\" # said", "{\n  \"1\": \"key\"\n}")]
    [TestCase("A= # said", "")]
    [TestCase("A=#b", "#b")]
    [TestCase("A = b\t# said", "b")]
    [TestCase("A=b\u00A0", "b")]
    [TestCase("A=b$HOME${HOME}", "b$HOME${HOME}")]
    public void A_value_is_read_as_written(string text, string expected)
    {
        using var file = new TextFile(text);

        Assert.That(Value(file), Is.EqualTo(expected));
    }

    private static string? Value(TextFile file) =>
        DotEnvFile.Read(file.Path).TryGet("A", out var value) ? value : null;

    [TestCase("A=1\nhush-hush", ":2: expected NAME=value")]
    [TestCase("=hush-hush", ":1: expected NAME=value")]
    [TestCase("A=\"hush-hush", ":1: a quoted value has no end")]
    [TestCase("A='hush' hush", ":1: a quoted value has no end, or something follows it")]
    [TestCase("A='{\n\"hush\"\n}'\nB='hush", ":4: a quoted value has no end")]
    [TestCase("A='hush\nB='hush'", ":1: a quoted value has no end, or something follows it")]
    [TestCase("A={\n  \"hush\": \"hush\"\n}", ":2: expected NAME=value")]
    [TestCase("A:hush", ":1: expected NAME=value")]
    [TestCase("hush hush=1", ":1: expected NAME=value")]
    [TestCase("export A", ":1: expected NAME=value")]
    [TestCase("A=\u201Chush\u201D", ":1: a value in typographic quotes")]
    public void A_line_that_is_not_understood_is_named_and_not_shown(string text, string reason)
    {
        using var file = new TextFile(text);

        var message = Assert.Throws<UsageException>(() => DotEnvFile.Read(file.Path))!.Message;

        Assert.That(message, Does.Contain(file.Path + reason).And.Not.Contain("hush"));
    }

    [Test]
    public void A_file_in_UTF_16_is_read_by_its_mark()
    {
        using var file = new TextFile("");
        File.WriteAllText(file.Path, "A=b\r\n", System.Text.Encoding.Unicode);

        Assert.That(Value(file), Is.EqualTo("b"));
    }

    [Test]
    public void Bytes_that_are_no_text_are_refused_rather_than_replaced()
    {
        using var file = new TextFile("");
        File.WriteAllBytes(file.Path, [(byte)'A', (byte)'=', 0xE4]);

        Assert.That(
            () => DotEnvFile.Read(file.Path),
            Throws.TypeOf<UsageException>().With.Message.Contains("is not text in UTF-8")
        );
    }

    [TestCase("A=b", new string[0])]
    [TestCase("A=b # said", new string[0])]
    [TestCase("A=b#c", new[] { "b" })]
    [TestCase("A=1\nA=2", new[] { "1" })]
    [TestCase("A=1\nA=1", new string[0])]
    [TestCase("A=\"b\\\\c\"", new[] { "b\\\\c" })]
    [TestCase("A=\"b\\n\"", new string[0])]
    public void Where_readers_of_such_files_differ_the_others_are_known(string text, string[] others)
    {
        using var file = new TextFile(text);

        Assert.That(DotEnvFile.Read(file.Path).Others("A").Select(other => other.Text), Is.EqualTo(others));
    }

    [Test]
    public void A_file_that_is_not_there_is_named() =>
        Assert.That(
            () => DotEnvFile.Read("/nowhere/.env"),
            Throws.TypeOf<UsageException>().With.Message.Contains("/nowhere/.env can't be read")
        );
}
