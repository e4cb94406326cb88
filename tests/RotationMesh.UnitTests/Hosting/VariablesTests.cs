using RotationMesh.Core;
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

        var (taken, tooTaken) = variables.Take(read => (read(name)!, read($"{name}_TOO")!));

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
            Assert.That(variables.Take(read => read("ROTATIONMESH_UNIT_G")!.Length), Is.EqualTo(40));
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
