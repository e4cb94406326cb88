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

    private static string[] Lines(string service) =>
        File.ReadAllLines(
            Path.Combine(RepositoryRoot.Path, $"infra/packages/rotationmesh-{service}.service")
        );
}
