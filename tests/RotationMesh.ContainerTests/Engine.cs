using RotationMesh.TestKit;

namespace RotationMesh.ContainerTests;

/// <summary>Covers the whole assembly: without an engine nothing of it is run.</summary>
[SetUpFixture]
public sealed class Engine
{
    [OneTimeSetUp]
    public async Task Answers()
    {
        const string Fix = "no Docker engine answers: tests/containers.sh starts one";
        if (await DockerCommand.AnswersAsync())
            return;
        // That script has seen one: it is gone.
        if (Missing.Variable("ROTATIONMESH_TEST_CONTAINERS") is not null)
            Assert.Fail(Fix);
        throw Missing.Tell(Fix);
    }
}
