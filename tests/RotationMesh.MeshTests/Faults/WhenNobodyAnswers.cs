using MassTransit;
using NUnit.Framework;
using RotationMesh.Contracts;
using RotationMesh.Control.Ledger;
using RotationMesh.MeshTests.Support;
using RotationMesh.Sample;
using RotationMesh.Working;

namespace RotationMesh.MeshTests.Faults;

[TestFixture]
internal sealed class WhenNobodyAnswers
{
    // A lease that runs out counts at once, if it counts at all.
    private static readonly LedgerRules Strict = new()
    {
        StallTimeout = TimeSpan.FromSeconds(1),
        Lease = TimeSpan.FromSeconds(10),
        MaxExpiries = 0,
        WriteTime = TimeSpan.FromSeconds(5),
    };

    [Test]
    public async Task The_rotation_says_so_holds_it_against_no_partition_and_goes_on_by_itself()
    {
        await using var world = await SampleWorld.LoadAsync(new SampleOptions { Rows = 500, Tenants = 4 });
        Deaf.Hears = false;
        await using var mesh = await RunningMesh.StartAsync(
            world,
            new WorkerOptions { Heartbeat = TimeSpan.FromMilliseconds(100) },
            rules: Strict,
            configure: bus =>
                bus.AddConfigureEndpointsCallback(
                    (context, _, endpoint) => endpoint.UseConsumeFilter(typeof(Deaf<>), context)
                )
        );

        await mesh.UntilAsync(now => now.Reason is not null, "the reason shows");
        var waiting = await mesh.NowAsync();
        var times = await world.Database.ScalarAsync<int>("SELECT max(attempt) FROM rotationmesh.partitions");
        Deaf.Hears = true;
        await mesh.UntilAsync("Completed");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(waiting!.Reason, Does.Contain("no worker has been heard of"));
            Assert.That(times, Is.GreaterThan(1), "they were sent again");
            Assert.That(
                await world.Database.ScalarAsync<int>("SELECT max(expiries) FROM rotationmesh.partitions"),
                Is.Zero
            );
            Assert.That(await world.AtVersionAsync(1), Is.Zero);
        }
    }

    [Test]
    public void Two_signs_of_life_may_be_lost_and_silence_is_broken_long_before_a_lease_ends()
    {
        var (worker, rules) = (new WorkerOptions(), new LedgerRules());
        Assert.That(2 * worker.Heartbeat, Is.LessThan(rules.StallTimeout));
        Assert.That(2 * rules.StallTimeout, Is.LessThan(rules.Lease));
        Assert.That(rules.StallTimeout, Is.LessThan(TimeSpan.FromSeconds(15)), "the goal after a fault");
    }

    /// <summary>Loses every partition on its way to a worker.</summary>
    private sealed class Deaf<T> : IFilter<ConsumeContext<T>>
        where T : class
    {
        public Task Send(ConsumeContext<T> context, IPipe<ConsumeContext<T>> next) =>
            Deaf.Hears || context.Message is not RotatePartition ? next.Send(context) : Task.CompletedTask;

        public void Probe(ProbeContext context) { }
    }

    private static class Deaf
    {
        public static volatile bool Hears;
    }
}
