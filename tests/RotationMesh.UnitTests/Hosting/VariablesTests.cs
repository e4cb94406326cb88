using RotationMesh.Core;
using RotationMesh.Core.Keys;
using RotationMesh.Hosting;

namespace RotationMesh.UnitTests.Hosting;

public sealed class VariablesTests
{
    [Test]
    public void The_environment_comes_before_the_file()
    {
        using var file = new TextFile("PATH=of the file\nROTATIONMESH_UNIT_A=of the file");
        var variables = new Variables(file.Path);

        Assert.That(variables.Get("PATH"), Is.EqualTo(Environment.GetEnvironmentVariable("PATH")));
        Assert.That(variables.Get("ROTATIONMESH_UNIT_A"), Is.EqualTo("of the file"));
    }

    [Test]
    public void An_empty_or_missing_variable_is_none()
    {
        using var file = new TextFile("ROTATIONMESH_UNIT_B=");
        var variables = new Variables(file.Path);

        Assert.That(variables.Get("ROTATIONMESH_UNIT_B"), Is.Null);
        Assert.That(variables.GetSecret("ROTATIONMESH_UNIT_B"), Is.Null);
        Assert.That(new Variables(null).Get("ROTATIONMESH_UNIT_B"), Is.Null);
    }

    [Test]
    public void What_is_taken_is_nowhere_afterwards()
    {
        const string name = "ROTATIONMESH_UNIT_F";
        using var file = new TextFile($"{name}_TOO={new string('b', 40)}");
        Environment.SetEnvironmentVariable(name, new string('a', 40));
        var variables = new Variables(file.Path);

        var (taken, tooTaken) = variables.Take((read, _) => (read(name)!, read($"{name}_TOO")!));

        Assert.Multiple(() =>
        {
            Assert.That(Environment.GetEnvironmentVariable(name), Is.Null);
            Assert.That(variables.Get(name), Is.Null);
            Assert.That(variables.Get($"{name}_TOO"), Is.Null);
            Assert.That((taken + tooTaken).Trim('\0'), Is.Empty, "the text is overwritten");
        });
    }

    [Test]
    public void A_mounted_secret_can_be_taken_again()
    {
        using var secret = new TextFile(new string('s', 40));
        using var file = new TextFile($"ROTATIONMESH_UNIT_G_FILE={secret.Path}");
        var variables = new Variables(file.Path);

        for (var time = 0; time < 2; time++)
            Assert.That(variables.Take((read, _) => read("ROTATIONMESH_UNIT_G")!.Length), Is.EqualTo(40));
    }

    [TestCase("key", "key")]
    [TestCase("key\n", "key")]
    [TestCase("key\r\n", "key")]
    [TestCase(" key \n\n", " key \n")]
    public void A_mounted_secret_is_read_without_the_newline_at_its_end(string content, string expected)
    {
        using var secret = new TextFile(content);
        using var file = new TextFile($"ROTATIONMESH_UNIT_C_FILE={secret.Path}");

        Assert.That(new Variables(file.Path).GetSecret("ROTATIONMESH_UNIT_C"), Is.EqualTo(expected));
    }

    [TestCase("key", "key")]
    [TestCase("key\n", "key")]
    [TestCase("key\r\n", "key")]
    [TestCase(" key \n\n", " key \n")]
    [TestCase("\uFEFFkey", "key")]
    public void A_secret_is_the_same_wherever_it_comes_from(string written, string expected)
    {
        using var secret = new TextFile(written);
        using var file = new TextFile(
            $"ROTATIONMESH_UNIT_H=\"{written.ReplaceLineEndings("\n")}\"\nROTATIONMESH_UNIT_I_FILE={secret.Path}"
        );
        Environment.SetEnvironmentVariable("ROTATIONMESH_UNIT_J", written);
        var variables = new Variables(file.Path);

        foreach (var name in (string[])["ROTATIONMESH_UNIT_H", "ROTATIONMESH_UNIT_I", "ROTATIONMESH_UNIT_J"])
            Assert.That(variables.GetSecret(name), Is.EqualTo(expected), name);
    }

    [Test]
    public void Where_a_value_comes_from_is_told_without_it()
    {
        using var file = new TextFile(
            "ROTATIONMESH_UNIT_L=hush\nROTATIONMESH_UNIT_M=\nROTATIONMESH_UNIT_N_FILE=/run/key\nPATH=hush"
        );
        var variables = new Variables(file.Path);

        Assert.Multiple(() =>
        {
            Assert.That(variables.Source("PATH"), Is.EqualTo("environment variable PATH"));
            Assert.That(
                variables.Source("ROTATIONMESH_UNIT_L"),
                Is.EqualTo($"dotenv file {file.Path} (ROTATIONMESH_UNIT_L)")
            );
            Assert.That(variables.Source("ROTATIONMESH_UNIT_M"), Is.Null);
            Assert.That(
                variables.SourceOfSecret("ROTATIONMESH_UNIT_L"),
                Is.EqualTo(variables.Source("ROTATIONMESH_UNIT_L"))
            );
            Assert.That(
                variables.SourceOfSecret("ROTATIONMESH_UNIT_N"),
                Is.EqualTo("mounted secret file /run/key (ROTATIONMESH_UNIT_N_FILE)")
            );
        });
    }

    [Test]
    public void What_the_file_sets_and_nobody_reads_is_told()
    {
        using var file = new TextFile("ROTATIONMESH_UNIT_O=1\nROTATIONMESH_PATIENCE=5m");

        Assert.That(
            new Variables(file.Path).Warnings("/nowhere/rotation.yaml"),
            Has.Some.StartsWith("ROTATIONMESH_UNIT_O is no variable")
                .And.Some.StartsWith("ROTATIONMESH_PATIENCE is not read from the dotenv file")
        );
    }

    [Test]
    public void A_key_with_white_space_at_its_end_is_told_with_both_fingerprints()
    {
        const string key = "d87b18c4c9ab5dbf33ad2ef84557ec7e731ee8d9b38938e8";
        using var secret = new TextFile(key + "\n");
        using var file = new TextFile($"{KeyRingReader.CurrentKey}_FILE={secret.Path}");

        using var ring = new Variables(file.Path).TakeRing();

        var told = ring.Ambiguities.Single();
        Assert.Multiple(() =>
        {
            Assert.That(ring.Keys.Single().Fingerprint, Is.EqualTo(Of(key)));
            Assert.That(told, Does.StartWith(KeyRingReader.CurrentKey).And.Contains(Of(key)));
            Assert.That(told, Does.Contain(Of(key + "\n")).And.Not.Contain(key[..8]));
        });

        static string Of(string text) => Fingerprint.Of(System.Text.Encoding.UTF8.GetBytes(text));
    }

    [Test]
    public void A_mounted_secret_that_is_no_text_is_refused_rather_than_replaced()
    {
        using var secret = new TextFile("");
        File.WriteAllBytes(secret.Path, [0x6B, 0xE4, 0x79]);
        using var file = new TextFile($"ROTATIONMESH_UNIT_K_FILE={secret.Path}");

        Assert.That(
            () => new Variables(file.Path).GetSecret("ROTATIONMESH_UNIT_K"),
            Throws.TypeOf<UsageException>().With.Message.Contains($"is not text in UTF-8: {secret.Path}")
        );
    }

    [Test]
    public void A_secret_that_is_given_twice_is_refused_without_its_value()
    {
        using var file = new TextFile("ROTATIONMESH_UNIT_D=hush\nROTATIONMESH_UNIT_D_FILE=/nowhere");

        var message = Assert
            .Throws<UsageException>(() => new Variables(file.Path).GetSecret("ROTATIONMESH_UNIT_D"))!
            .Message;

        Assert.That(
            message,
            Is.EqualTo("both ROTATIONMESH_UNIT_D and ROTATIONMESH_UNIT_D_FILE are set: set one of them")
        );
    }

    [Test]
    public void A_mounted_secret_that_is_not_there_is_named()
    {
        using var file = new TextFile("ROTATIONMESH_UNIT_E_FILE=/nowhere/key");

        Assert.That(
            () => new Variables(file.Path).GetSecret("ROTATIONMESH_UNIT_E"),
            Throws.TypeOf<UsageException>().With.Message.Contains("/nowhere/key")
        );
    }
}
