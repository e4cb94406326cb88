using System.Globalization;
using RotationMesh.Core;
using RotationMesh.Core.Faults;
using RotationMesh.TestKit;

namespace RotationMesh.ServiceTests.Deployment;

/// <summary>The units of the Debian package.</summary>
public sealed class WhenSystemdReadsTheUnits
{
    private static readonly string[] Services = ["coordinator", "worker"];

    [TestCaseSource(nameof(Services))]
    public void A_service_that_is_set_up_wrongly_is_not_started_again_and_again(string service) =>
        Assert.That(
            Lines(service),
            Does.Contain("Restart=on-failure").And.Contain($"RestartPreventExitStatus={ExitCodes.Usage}")
        );

    [TestCaseSource(nameof(Services))]
    public void A_service_that_stops_is_not_killed(string service)
    {
        const string Timeout = "TimeoutStopSec=";
        var seconds = Lines(service).Single(line => line.StartsWith(Timeout, StringComparison.Ordinal))[
            Timeout.Length..
        ];

        Assert.That(
            TimeSpan.FromSeconds(int.Parse(seconds, CultureInfo.InvariantCulture)),
            Is.GreaterThan(StopTimes.Program)
        );
    }

    // %d came with systemd 251; Ubuntu 22.04 has 249.
    [TestCaseSource(nameof(Services))]
    public void Secrets_are_found_by_what_every_systemd_with_credentials_knows(string service)
    {
        var lines = Lines(service);

        Assert.That(
            lines,
            Has.One.EqualTo(
                $"ExecStart=/usr/lib/rotationmesh/rotationmesh-{service} --env-file ${{CREDENTIALS_DIRECTORY}}/secrets"
            )
        );
        Assert.That(lines, Does.Contain($"LoadCredential=secrets:/etc/rotationmesh/{service}.secrets"));
        Assert.That(lines, Has.None.Contains("%d"));
    }

    [TestCase("infra/packages/rotationmesh-worker.service")]
    [TestCase("infra/schedules/rotationmesh-rotate.service")]
    public void Each_unit_may_do_as_little_as_the_coordinator_s(string unit)
    {
        var limits = Limits("infra/packages/rotationmesh-coordinator.service");

        Assert.That(limits, Does.Contain("PrivateUsers=yes").And.Contain("SystemCallErrorNumber=EPERM"));
        Assert.That(Limits(unit), Is.EqualTo(limits));
    }

    private static string[] Lines(string service) => Read($"infra/packages/rotationmesh-{service}.service");

    private static string[] Limits(string unit) =>
        [.. Read(unit).SkipWhile(line => line != "DynamicUser=yes").TakeWhile(line => line.Length > 0)];

    private static string[] Read(string unit) => File.ReadAllLines(Path.Combine(RepositoryRoot.Path, unit));
}
