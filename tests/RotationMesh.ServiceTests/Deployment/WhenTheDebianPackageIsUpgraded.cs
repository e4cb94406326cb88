using System.Runtime.Versioning;

namespace RotationMesh.ServiceTests.Deployment;

/// <summary>The scripts of the Debian package, as dpkg calls them, with a systemctl that writes down what it is asked.</summary>
[SupportedOSPlatform("linux")]
public sealed class WhenTheDebianPackageIsUpgraded
{
    private const string Running = """
        rotationmesh-rotate.service loaded activating start Bring encrypted rows to the current key version
        rotationmesh-worker.service loaded active     running RotationMesh worker
        """;

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);

    private DirectoryInfo system = null!;

    private string Asked => Path.Combine(system.FullName, "asked");

    [SetUp]
    public void Create()
    {
        system = Directory.CreateTempSubdirectory("rotationmesh-debian-");
        system.CreateSubdirectory("run/systemd/system");
        File.WriteAllText(Asked, "");
        Systemctl("exit 0");
    }

    [TearDown]
    public void Delete() => system.Delete(recursive: true);

    [Test]
    public async Task What_runs_ends_before_its_files_are_replaced_and_is_started_afterwards()
    {
        Systemctl($"[ \"$1\" != list-units ] || echo '{Running}'");

        await RunAsync("prerm", "upgrade", "0.2.0");
        await RunAsync("postrm", "upgrade", "0.2.0");
        await RunAsync("postinst", "configure", "0.1.0");

        Assert.That(
            AskedFor(),
            Is.EqualTo([
                "stop rotationmesh-rotate.service rotationmesh-worker.service",
                "daemon-reload",
                "start --no-block rotationmesh-rotate.service rotationmesh-worker.service",
            ])
        );
    }

    [Test]
    public async Task What_was_stopped_is_started_again_where_the_upgrade_fails_and_only_once()
    {
        Systemctl($"[ \"$1\" != list-units ] || echo '{Running}'");

        await RunAsync("prerm", "upgrade", "0.2.0");
        await RunAsync("postinst", "abort-upgrade", "0.2.0");
        await RunAsync("postinst", "configure", "0.1.0");

        Assert.That(AskedFor(), Has.One.StartsWith("start "));
    }

    [Test]
    public async Task Nothing_is_started_where_nothing_ran()
    {
        await RunAsync("prerm", "upgrade", "0.2.0");
        await RunAsync("postinst", "configure", "0.1.0");

        Assert.That(AskedFor(), Is.EqualTo(["daemon-reload"]));
    }

    [Test]
    public async Task A_removed_package_leaves_no_unit_behind_that_systemd_knows()
    {
        await RunAsync("prerm", "remove");
        await RunAsync("postrm", "remove");

        var asked = AskedFor();
        Assert.That(asked[0], Does.StartWith("disable --now ").And.Contain("rotationmesh-rotate.timer"));
        Assert.That(asked[^1], Is.EqualTo("daemon-reload"));
    }

    [Test]
    public async Task Without_systemd_nothing_is_asked()
    {
        Directory.Delete(Path.Combine(system.FullName, "run"), recursive: true);

        await RunAsync("prerm", "upgrade", "0.2.0");
        await RunAsync("postinst", "configure", "0.1.0");
        await RunAsync("prerm", "remove");
        await RunAsync("postrm", "remove");

        Assert.That(AskedFor(), Is.Empty);
    }

    private async Task RunAsync(string script, params string[] arguments) =>
        (
            await new CommandLine("sh", [$"infra/packages/debian/{script}", .. arguments])
            {
                Environment = new Dictionary<string, string?>
                {
                    ["DPKG_ROOT"] = system.FullName,
                    ["PATH"] = $"{system.FullName}:{Environment.GetEnvironmentVariable("PATH")}",
                },
            }.RunAsync(Deadline)
        ).Exits(0);

    private string[] AskedFor() =>
        [
            .. File.ReadAllLines(Asked)
                .Where(asked => !asked.StartsWith("list-units", StringComparison.Ordinal)),
        ];

    private void Systemctl(string answer)
    {
        var program = Path.Combine(system.FullName, "systemctl");
        File.WriteAllText(program, $"#!/bin/sh\necho \"$*\" >>'{Asked}'\n{answer}\n");
        File.SetUnixFileMode(
            program,
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        );
    }
}
