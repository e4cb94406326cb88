using RotationMesh.Hosting;

namespace RotationMesh.UnitTests.Hosting;

public sealed class ProgramVariableTests
{
    [TestCase("--config", "ROTATIONMESH_CONFIG")]
    [TestCase("--env-file", "ROTATIONMESH_ENV_FILE")]
    [TestCase("--rabbitmq-file", "ROTATIONMESH_RABBITMQ_FILE")]
    public void It_has_the_name_of_its_option(string option, string name) =>
        Assert.That(ProgramVariable.Of(option).Name, Is.EqualTo(name));

    [Test]
    public void An_option_that_no_variable_stands_for_is_named() =>
        Assert.That(
            () => ProgramVariable.Of("--print-config"),
            Throws.InvalidOperationException.With.Message.Contains("--print-config")
        );

    [Test]
    public void No_two_have_one_name() =>
        Assert.That(ProgramVariable.All.Select(variable => variable.Name), Is.Not.Empty.And.Unique);
}
