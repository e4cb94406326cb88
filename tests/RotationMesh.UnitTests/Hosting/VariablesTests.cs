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
