namespace RotationMesh.ContainerTests.Running;

/// <summary>A container of the stack is killed, or told to stop, while rows are rewritten.</summary>
public sealed class WhenAContainerIsLost
{
    private Stack stack = null!;
    private RunningRotation rotation = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        stack = await Stack.UpAsync(rows: 30_000);
        rotation = new RunningRotation(stack);
        await rotation.SlowDownAsync();
    }

    [OneTimeTearDown]
    public Task Stop() => stack.DisposeAsync().AsTask();

    [TestCase("coordinator")]
    [TestCase("worker")]
    [TestCase("rabbitmq")]
    [TestCase("postgres")]
    public async Task The_rotation_is_completed_all_the_same(string service)
    {
        var target = await rotation.BeginAsync();
        var container = (await stack.ContainersAsync(service))[0];

        await DockerCommand.RunAsync("kill", container);
        await DockerCommand.RunAsync("start", container);

        await Stack.IsHealthyAsync(container);
        await Stack.IsHealthyAsync((await stack.ContainersAsync("coordinator")).Single());
        await rotation.CompletesAsync(target);
    }

    [TestCase("coordinator")]
    [TestCase("worker")]
    public async Task One_that_is_told_to_stop_ends_what_it_is_at_and_the_rotation_goes_on(string service)
    {
        var target = await rotation.BeginAsync();
        var container = (await stack.ContainersAsync(service))[0];

        await DockerCommand.RunAsync("stop", "-t", "60", container);
        var exitCode = await DockerCommand.InspectAsync(container, "{{.State.ExitCode}}");
        await DockerCommand.RunAsync("start", container);

        Assert.That(exitCode, Is.EqualTo("0"));
        await Stack.IsHealthyAsync(container);
        await rotation.CompletesAsync(target);
    }
}
