namespace RotationMesh.ContainerTests.Running;

/// <summary>A container of the stack is killed, or told to stop, while rows are rewritten.</summary>
public sealed class WhenAContainerIsLost
{
    private Stack stack = null!;
    private RunningRotation rotation = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        // Six partitions of entries: each of the three workers has two in hand.
        stack = await Stack.UpAsync(rows: 60_000);
        rotation = new RunningRotation(stack);
        await rotation.SlowDownAsync(seconds: 2);
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

        await FirstProcesses.KillAsync(container);

        await Stack.IsHealthyAsync(container);
        await Stack.IsHealthyAsync((await stack.ContainersAsync("coordinator")).Single());
        await rotation.CompletesAsync(target);
    }

    [Test]
    public async Task The_rotation_is_completed_after_two_workers_at_once()
    {
        var target = await rotation.BeginAsync();
        string[] killed = [.. (await stack.ContainersAsync("worker")).Take(2)];

        await FirstProcesses.KillAsync(killed);

        await rotation.IsUnderWayAsync(target);
        foreach (var container in killed)
            await Stack.IsHealthyAsync(container);
        await rotation.CompletesAsync(target);
    }

    [Test]
    public async Task A_client_in_the_foreground_follows_to_the_end_although_the_coordinator_is_lost()
    {
        var container = (await stack.ContainersAsync("coordinator")).Single();

        await rotation.CompletesInTheForegroundAsync(() => FirstProcesses.KillAsync(container));
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
