using RotationMesh.TestKit;

namespace RotationMesh.ContainerTests.Running;

/// <summary>The profiles gates and s3 at once: Redis, or the store, is killed while rows are rewritten.</summary>
public sealed class WhenAGateOrAStoreIsLost
{
    private Stack stack = null!;
    private RunningRotation rotation = null!;
    private string folder = "";

    [OneTimeSetUp]
    public async Task Start()
    {
        folder = Directory.CreateTempSubdirectory("rotationmesh-map-").FullName;
        stack = await Stack.UpAsync(rows: 10_000, "gates,s3", BothMaps());
        var values = (await stack.ContainersAsync("values")).Single();
        Assert.That(
            await DockerCommand.RunAsync("wait", values),
            Is.EqualTo("0"),
            await DockerCommand.RunAsync("logs", values)
        );
        rotation = new RunningRotation(stack);
        await rotation.SlowDownAsync();
        foreach (var container in await stack.ContainersAsync("application"))
            await Stack.IsHealthyAsync(container);
        (await stack.AskAsync("workers", "pause")).Exits(0);
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        await stack.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [TestCase("redis")]
    [TestCase("s3")]
    public async Task The_rotation_is_completed_all_the_same(string service)
    {
        var target = await rotation.BeginAsync();
        var container = (await stack.ContainersAsync(service)).Single();

        await DockerCommand.RunAsync("kill", container);
        await DockerCommand.RunAsync("start", container);

        await Stack.IsHealthyAsync(container);
        await rotation.CompletesAsync(target);
    }

    // What the readme says: the last lines of the one map in the other.
    private string BothMaps()
    {
        var store = Read("rotation-s3.yaml");
        var gates = Read("rotation-gates.yaml");
        var map = Path.Combine(folder, "rotation.yaml");
        File.WriteAllText(map, store + gates[gates.IndexOf("gates:\n", StringComparison.Ordinal)..]);
        return map;
    }

    private static string Read(string map) =>
        File.ReadAllText(Path.Combine(RepositoryRoot.Path, "compose", map));
}
