using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using RotationMesh.Bus.Standing;
using RotationMesh.Bus.Telemetry;

namespace RotationMesh.MeshTests.Transport;

[TestFixture]
internal sealed class BrokerGaugeTests
{
    private BrokerStanding standing = null!;
    private BrokerGauge gauge = null!;

    [SetUp]
    public void Begin()
    {
        standing = new BrokerStanding(NullLogger<BrokerStanding>.Instance);
        gauge = new BrokerGauge(standing);
    }

    [Test]
    public void A_broker_that_was_never_joined_is_not_usable()
    {
        var silent = gauge.Usable();
        standing.Reach();
        var reached = gauge.Usable();
        standing.Join();

        Assert.That((silent, reached, gauge.Usable()), Is.EqualTo((0, 0, 1)));
    }

    [Test]
    public void A_trouble_makes_it_unusable_until_it_has_passed_and_every_cause_has_its_series_all_the_time()
    {
        standing.Join();
        standing.Tell(BrokerStanding.Alarm, BrokerReplies.Held("low on disk"));
        var (during, met) = (gauge.Usable(), Met());
        standing.Clear(BrokerStanding.Alarm);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(during, Is.Zero);
            Assert.That(
                met.Where(cause => cause.Value == 1).Select(cause => cause.Key),
                Is.EqualTo(["alarm"])
            );
            Assert.That(gauge.Usable(), Is.EqualTo(1));
            Assert.That(Met().Values, Is.All.Zero);
            Assert.That(Met().Keys, Is.EquivalentTo(met.Keys).And.Count.EqualTo(6));
        }
    }

    private Dictionary<string, int> Met() =>
        gauge
            .Troubles()
            .ToDictionary(
                measured => $"{measured.Tags.ToArray().Single(tag => tag.Key == "rotationmesh.cause").Value}",
                measured => measured.Value
            );
}
