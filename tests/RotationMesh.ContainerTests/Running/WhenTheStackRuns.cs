using System.Diagnostics;
using RotationMesh.TestKit;

namespace RotationMesh.ContainerTests.Running;

/// <summary>The default stack of compose/, with a sample.</summary>
public sealed class WhenTheStackRuns
{
    private static readonly string[] Programs = ["coordinator", "worker"];

    private Stack stack = null!;
    private TimeSpan took;

    [OneTimeSetUp]
    public async Task Start()
    {
        var clock = Stopwatch.StartNew();
        stack = await Stack.UpAsync(rows: 100_000); // as without a setting
        await stack.SettlesAsync();
        took = clock.Elapsed;
    }

    [OneTimeTearDown]
    public Task Stop() => stack.DisposeAsync().AsTask();

    // tests/containers.sh has built its images.
    [Test]
    public async Task It_is_healthy_within_two_minutes()
    {
        await TestContext.Out.WriteLineAsync($"healthy after {took.TotalSeconds:0} s");
        Assert.That(took, Is.LessThan(TimeSpan.FromMinutes(2)));
    }

    [TestCase("coordinator", 120.0)]
    [TestCase("worker", 90.0)]
    public async Task A_program_that_waits_for_work_needs_little_memory(string service, double most)
    {
        foreach (var container in await stack.ContainersAsync(service))
        {
            await Eventually.Holds(
                async () => await DockerCommand.InspectAsync(container, "{{len .State.Health.Log}}") == "5",
                TimeSpan.FromMinutes(1),
                $"{container} has waited for five checks"
            );
            var (own, resident) = await FirstProcesses.MemoryAsync(container);
            await TestContext.Out.WriteLineAsync(
                $"{service}: {own:0.0} MB of its own, {resident:0.0} MB resident"
            );
            Assert.That(own, Is.AtMost(most));
        }
    }

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
                    Is.Not.Empty.And.All.Match($@"^\s*\d+\s+1654\s+/app/rotationmesh-{service}( --health)?$")
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
}
