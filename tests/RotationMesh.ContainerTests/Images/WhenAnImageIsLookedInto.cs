using System.Globalization;
using System.Text.RegularExpressions;

namespace RotationMesh.ContainerTests.Images;

/// <summary>The images of the programs, as <c>infra/images/Dockerfile</c> makes them.</summary>
public sealed partial class WhenAnImageIsLookedInto
{
    private const long MostAboveItsBase = 80_000_000;

    private static readonly string[] Shells = ["sh", "bash", "dash", "ash", "busybox"];
    private static readonly string[] Installers = ["apt", "apt-get", "dpkg", "apk", "microdnf", "rpm"];

    private static string[] Programs => ImageNames.Programs;

    [TestCaseSource(nameof(Programs))]
    public async Task Its_program_runs_as_a_user_without_rights(string image) =>
        Assert.That(await DockerCommand.InspectAsync(image, "{{.Config.User}}"), Is.EqualTo("1654"));

    [TestCaseSource(nameof(Programs))]
    public async Task It_holds_neither_a_shell_nor_what_installs_packages(string image)
    {
        var names = (await DockerCommand.FilesAsync(image)).Select(path => path.Split('/')[^1]).ToHashSet();

        Assert.That(names, Does.Contain(image), "the list is one");
        Assert.That(names.Intersect([.. Shells, .. Installers]), Is.Empty);
    }

    [TestCaseSource(nameof(Programs))]
    public async Task It_says_what_it_is_made_of(string image) =>
        Assert.That(await DockerCommand.FilesAsync(image), Does.Contain($"app/{image}.cdx.json"));

    [TestCaseSource(nameof(Programs))]
    public async Task Its_labels_and_its_program_name_one_commit_and_one_version(string image)
    {
        const string Label = "{{index .Config.Labels \"org.opencontainers.image.";
        var version = ImageNames.Version;
        var tagged = $"{image}:{version}"; // that of infra/images/build.sh: compose/ builds others

        var revision = await DockerCommand.InspectAsync(tagged, Label + "revision\"}}");
        var told = await DockerCommand.RunAsync("run", "--rm", "--network", "none", tagged, "--version");

        Assert.That(revision, Does.Match("^[0-9a-f]{40}(-changed)?$"));
        Assert.That(await DockerCommand.InspectAsync(tagged, Label + "version\"}}"), Is.EqualTo(version));
        Assert.That(told, Is.EqualTo($"{version}+{revision}"));
    }

    [TestCaseSource(nameof(Programs))]
    public async Task Its_license_is_in_it(string image) =>
        Assert.That(await DockerCommand.FilesAsync(image), Does.Contain("app/LICENSE"));

    [TestCase("rotationmesh-coordinator")]
    [TestCase("rotationmesh-worker")]
    public async Task A_service_is_unhealthy_after_three_minutes_and_is_stopped_by_SIGTERM(string image)
    {
        Assert.That(
            await DockerCommand.InspectAsync(image, "{{json .Config.Healthcheck.Test}}"),
            Is.EqualTo($"[\"CMD\",\"/app/{image}\",\"--health\"]")
        );
        Assert.That(
            await DockerCommand.InspectAsync(
                image,
                "{{json .Config.Healthcheck.Interval}} {{json .Config.Healthcheck.Retries}}"
            ),
            Is.EqualTo("10000000000 18") // nanoseconds, and how often
        );
        Assert.That(await DockerCommand.InspectAsync(image, "{{.Config.StopSignal}}"), Is.EqualTo("SIGTERM"));
    }

    [TestCaseSource(nameof(Programs))]
    public async Task No_shell_can_be_started_in_it(string image)
    {
        var outcome = await DockerCommand.TryAsync(
            "run",
            "--rm",
            "--network",
            "none",
            "--entrypoint",
            "/bin/sh",
            image
        );

        Assert.That(outcome.ExitCode, Is.EqualTo(127).Or.EqualTo(126), outcome.ToString());
    }

    [TestCaseSource(nameof(Programs))]
    public async Task It_is_little_larger_than_its_base(string image)
    {
        var above = await SizeAsync(image) - await SizeAsync(ImageNames.Runtime);

        await TestContext.Out.WriteLineAsync($"{image}: {above / 1e6:0.0} MB above its base");
        Assert.That(above, Is.Positive.And.LessThan(MostAboveItsBase));
    }

    [TestCaseSource(nameof(Programs))]
    public async Task Neither_its_history_nor_its_configuration_holds_a_secret(string image)
    {
        var history = await DockerCommand.RunAsync(
            "history",
            "--no-trunc",
            "--format",
            "{{.CreatedBy}}",
            image
        );
        var variables = (
            await DockerCommand.InspectAsync(image, "{{range .Config.Env}}{{println .}}{{end}}")
        ).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(history, Does.Contain("/app").And.Not.Match(Secret()));
            Assert.That(variables, Has.All.Not.Match(Secret()));
            Assert.That(variables, Has.Some.StartsWith("ROTATIONMESH_CONFIG="));
        }
    }

    [Test]
    public async Task The_command_line_program_needs_nothing_to_write_to() =>
        Assert.That(
            await DockerCommand.RunAsync(
                "run",
                "--rm",
                "--read-only",
                "--cap-drop",
                "ALL",
                "--network",
                "none",
                "rotationmesh",
                "sample",
                "map"
            ),
            Does.StartWith("databases:")
        );

    private static async Task<long> SizeAsync(string image) =>
        long.Parse(await DockerCommand.InspectAsync(image, "{{.Size}}"), CultureInfo.InvariantCulture);

    [GeneratedRegex("(?i)(password|secret|token|key)[a-z_]*=")]
    private static partial Regex Secret();
}
