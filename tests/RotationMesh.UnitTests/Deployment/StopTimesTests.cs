using RotationMesh.Core;

namespace RotationMesh.UnitTests.Deployment;

public sealed class StopTimesTests
{
    [TestCase("coordinator")]
    [TestCase("worker")]
    public void Compose_waits_longer_than_a_program_takes_to_stop(string service)
    {
        var waits = ComposeFile.Service(service).Text("stop_grace_period");

        Assert.That(waits, Does.Match("^[0-9]+s$"));
        Assert.That(Durations.Parse(waits!), Is.GreaterThan(StopTimes.Program));
    }
}
