using System.Text.RegularExpressions;

namespace RotationMesh.ContainerTests.Running;

/// <summary>The default stack of compose/, with a sample.</summary>
public sealed partial class WhenTheStackRuns
{
    private static readonly string[] Programs = ["coordinator", "worker"];

    private Stack stack = null!;

    [OneTimeSetUp]
    public async Task Start() => stack = await Stack.UpAsync(rows: 2000);

    [OneTimeTearDown]
    public Task Stop() => stack.DisposeAsync().AsTask();

    [TestCaseSource(nameof(Programs))]
    public async Task A_program_has_no_rights_and_nothing_to_write_to(string service)
    {
        foreach (var container in await stack.ContainersAsync(service))
            using (Assert.EnterMultipleScope())
            {
                Assert.That(
                    await DockerCommand.InspectAsync(
                        container,
                        "{{.HostConfig.ReadonlyRootfs}} {{.HostConfig.CapDrop}}"
                    ),
                    Is.EqualTo("true [ALL]")
                );
                var processes = (await DockerCommand.RunAsync("top", container, "-o", "pid,uid,args")).Split(
                    '\n'
                )[1..];
                Assert.That(
                    processes,
                    Is.Not.Empty.And.All.Match($@"^\s*\d+\s+1654\s+/app/rotationmesh-{service}$")
                );
            }
    }

    [TestCaseSource(nameof(Programs))]
    public async Task A_program_s_own_check_says_that_it_is_ready(string service)
    {
        foreach (var container in await stack.ContainersAsync(service))
        {
            await Stack.IsHealthyAsync(container);
            (
                await DockerCommand.TryAsync("exec", container, $"/app/rotationmesh-{service}", "--health")
            ).Exits(0);
        }
    }

    [Test]
    public async Task It_listens_on_this_machine_alone()
    {
        var hosts = new List<string>();
        foreach (var container in await stack.ContainersAsync())
            hosts.Add(
                await DockerCommand.InspectAsync(
                    container,
                    "{{range .NetworkSettings.Ports}}{{range .}}{{.HostIp}} {{end}}{{end}}"
                )
            );

        Assert.That(
            string.Join(' ', hosts).Split(' ', StringSplitOptions.RemoveEmptyEntries),
            Is.Not.Empty.And.All.EqualTo("127.0.0.1")
        );
    }

    [Test]
    public async Task No_secret_is_shown_by_the_engine_or_said_by_anybody()
    {
        (await stack.AskAsync("rotate", "--target-version", "2")).Exits(0);
        var secrets = Secret().Matches(await stack.SecretsAsync()).Select(found => found.Value).ToHashSet();
        Assert.That(secrets, Has.Count.AtLeast(10));
        foreach (var container in await stack.ContainersAsync())
        {
            var logs = await DockerCommand.TryAsync("logs", container);
            var shown = new List<string>
            {
                await DockerCommand.RunAsync("inspect", container),
                logs.Output,
                logs.Error,
            };
            if (await DockerCommand.InspectAsync(container, "{{.State.Running}}") == "true")
                shown.Add(await DockerCommand.RunAsync("top", container, "-o", "pid,args"));
            Assert.That(
                secrets.Where(secret => shown.Any(text => text.Contains(secret, StringComparison.Ordinal))),
                Is.Empty,
                await DockerCommand.InspectAsync(container, "{{.Name}}")
            );
        }
    }

    // Passwords, tokens and keys are digits of base 16; hashes are marked as such, or of base 64.
    [GeneratedRegex(
        @"(?<![0-9a-f#])(?<!sha256:)(?:[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32}|[0-9a-f]{20})(?![0-9a-f])"
    )]
    private static partial Regex Secret();
}
