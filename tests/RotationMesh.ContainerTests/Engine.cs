namespace RotationMesh.ContainerTests;

/// <summary>Covers the whole assembly: without an engine nothing of it is run.</summary>
[SetUpFixture]
public sealed class Engine
{
    [OneTimeSetUp]
    public async Task Answers()
    {
        if (!await DockerCommand.AnswersAsync())
            Assert.Ignore("no Docker engine answers: tests/containers.sh starts one");
    }
}
