namespace RotationMesh.ContainerTests.Running;

/// <summary>
/// The profiles gates and s3 at once: Redis, the store, or the application is killed while rows are rewritten.
/// </summary>
public sealed class WhenAGateOrAStoreIsLost
{
    private Stack stack = null!;
    private RunningRotation rotation = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        stack = await Stack.UpAsync(rows: 10_000, "gates,s3", BothMaps.Write());
        await stack.SettlesAsync();
        rotation = new RunningRotation(stack);
        await rotation.SlowDownAsync(seconds: 1);
        (await stack.AskAsync("workers", "pause")).Exits(0);
    }

    [OneTimeTearDown]
    public Task Stop() => stack.DisposeAsync().AsTask();

    [TestCase("redis")]
    [TestCase("s3")]
    [TestCase("application")]
    public async Task The_rotation_is_completed_all_the_same(string service)
    {
        var target = await rotation.BeginAsync();
        var container = (await stack.ContainersAsync(service)).Single();

        await FirstProcesses.KillAsync(container);

        await Stack.IsHealthyAsync(container);
        await rotation.CompletesAsync(target);
    }
}
