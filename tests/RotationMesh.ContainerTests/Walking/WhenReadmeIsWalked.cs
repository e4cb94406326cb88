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
        List<string> skipped = ["--skip", "Without a registry"];
        if (ImageNames.AreMadeHere)
            skipped = await IsObservedAsync() ? [] : ["--skip", "Profile observe: metrics and alerts"];

        var walk = await new CommandLine(
            Path.Combine(RepositoryRoot.Path, "compose/walk.sh"),
            skipped
        ).RunAsync(Deadline);

        await TestContext.Out.WriteLineAsync(walk.Output);
        if (walk.ExitCode == NoEngine)
            Assert.Ignore(walk.Output);
        walk.Exits(0);
    }

    // Debian has neither of the two.
    private static async Task<bool> IsObservedAsync() =>
        await ImageNames.IsHereAsync("COLLECTOR_IMAGE", "otel/opentelemetry-collector:0.115.1")
        && await ImageNames.IsHereAsync("GRAFANA_IMAGE", "grafana/grafana:12.0.0");
}
