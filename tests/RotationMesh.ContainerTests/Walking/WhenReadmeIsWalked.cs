using RotationMesh.TestKit;

namespace RotationMesh.ContainerTests.Walking;

/// <summary>compose/README.md, command by command: <c>compose/walk.sh</c>.</summary>
public sealed class WhenReadmeIsWalked
{
    private const int NoEngine = 77;
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(60);

    [Test]
    public async Task Every_command_does_what_the_page_says()
    {
        List<string> skipped = [];
        // Base images of this machine take the place of a registry only where they were asked for.
        if (Missing.Variable("SDK_IMAGE") is not { } sdk || !sdk.StartsWith("rotationmesh-base/", StringComparison.Ordinal))
            skipped.AddRange("--skip", "Without a registry");
        if (
            !await ImageNames.CanBeHadAsync("COLLECTOR_IMAGE", "otel/opentelemetry-collector:0.126.0")
            || !await ImageNames.CanBeHadAsync("GRAFANA_IMAGE", "grafana/grafana:12.0.0")
        )
            skipped.AddRange("--skip", "Profile observe: metrics and alerts");

        var walk = await new CommandLine(Path.Combine(RepositoryRoot.Path, "compose/walk.sh"), skipped).RunAsync(
            Deadline
        );

        await TestContext.Out.WriteLineAsync(walk.Output);
        if (walk.ExitCode == NoEngine)
            Assert.Ignore(walk.Output);
        walk.Exits(0);
    }
}
