using System.Text.RegularExpressions;
using RotationMesh.TestKit;

namespace RotationMesh.ContainerTests.Running;

/// <summary>What is seen of the secrets of a stack with the profiles gates and s3, from its first start to a rotation.</summary>
public sealed partial class WhenSecretsAreLookedFor
{
    private Stack stack = null!;
    private HashSet<string> secrets = [];
    private HashSet<string> commandLines = [];

    [OneTimeSetUp]
    public async Task Start()
    {
        await using var processes = new ProcessList();
        stack = await Stack.UpAsync(rows: 2000, "gates,s3", BothMaps.Write());
        await stack.SettlesAsync();
        (await stack.AskAsync("rotate", "--pause-workers")).Exits(0);
        commandLines = await processes.EndAsync();
        secrets = [.. Secret().Matches(await stack.SecretsAsync()).Select(found => found.Value)];
        Assert.That(secrets, Has.Count.AtLeast(10));
    }

    [OneTimeTearDown]
    public Task Stop() => stack.DisposeAsync().AsTask();

    [Test]
    public void No_process_had_one_as_an_argument()
    {
        if (!commandLines.Any(line => line.StartsWith("/app/rotationmesh-worker", StringComparison.Ordinal)))
            throw Missing.Tell("the processes of the engine are not seen: let it run on this machine");

        Assert.That(commandLines.Where(line => In(line).Any()), Is.Empty);
    }

    [Test]
    public async Task The_engine_shows_none_and_nobody_says_one()
    {
        foreach (var container in await stack.ContainersAsync())
        {
            var image = await DockerCommand.InspectAsync(container, "{{.Image}}");
            var shown = new List<string>
            {
                await DockerCommand.RunAsync("inspect", container),
                await DockerCommand.RunAsync("history", "--no-trunc", image),
                $"{await DockerCommand.TryAsync("logs", container)}",
            };
            if (await DockerCommand.InspectAsync(container, "{{.State.Running}}") == "true")
                shown.Add(await DockerCommand.RunAsync("top", container, "-o", "pid,args"));
            Assert.That(
                shown.SelectMany(In),
                Is.Empty,
                await DockerCommand.InspectAsync(container, "{{.Name}}")
            );
        }
    }

    private IEnumerable<string> In(string text) =>
        secrets.Where(secret => text.Contains(secret, StringComparison.Ordinal));

    // Passwords, tokens and keys are digits of base 16; hashes are marked as such, or of base 64.
    [GeneratedRegex(
        @"(?<![0-9a-f#])(?<!sha256:)(?:[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32}|[0-9a-f]{20})(?![0-9a-f])"
    )]
    private static partial Regex Secret();
}
