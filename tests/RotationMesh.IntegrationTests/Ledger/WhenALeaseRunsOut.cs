using NUnit.Framework;
using RotationMesh.Control.Ledger;
using RotationMesh.Core;

namespace RotationMesh.IntegrationTests.Ledger;

public sealed class WhenALeaseRunsOut
{
    private LedgerScene scene = null!;

    [SetUp]
    public async Task Create() => scene = await LedgerScene.CreateAsync();

    [TearDown]
    public async Task Remove() => await scene.DisposeAsync();

    [Test]
    public async Task The_partition_goes_to_another_with_a_higher_attempt()
    {
        await scene.PlanAsync(1);
        await scene.TakeAsync();
        await scene.ExpireAsync();

        var tally = await scene.Reclaim.ReclaimAsync(CancellationToken.None);

        Assert.That(tally, Is.EqualTo(new ReclaimTally(1, 0)));
        Assert.That((await scene.TakeAsync()).Single().Attempt, Is.EqualTo(2));
    }

    [Test]
    public async Task A_lease_that_still_runs_is_left_alone()
    {
        await scene.PlanAsync(1);
        await scene.TakeAsync();

        Assert.That(
            await scene.Reclaim.ReclaimAsync(CancellationToken.None),
            Is.EqualTo(new ReclaimTally(0, 0))
        );
    }

    [Test]
    public async Task Several_coordinators_take_each_partition_back_once()
    {
        await scene.PlanAsync(200);
        await scene.TakeAsync();
        await scene.ExpireAsync();

        var tallies = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => scene.Reclaim.ReclaimAsync(CancellationToken.None))
        );

        Assert.That(tallies.Sum(tally => tally.Requeued), Is.EqualTo(200));
    }

    [Test]
    public async Task A_partition_that_outlives_too_many_workers_fails()
    {
        await scene.PlanAsync(1);
        var tallies = new List<ReclaimTally>();
        while ((await scene.TakeAsync()).Count > 0)
        {
            await scene.ExpireAsync();
            tallies.Add(await scene.Reclaim.ReclaimAsync(CancellationToken.None));
        }

        Assert.That(tallies, Is.EqualTo(new ReclaimTally[] { new(1, 0), new(1, 0), new(0, 1) }));
        Assert.That(
            await scene.ScalarAsync<string>("SELECT last_error FROM rotationmesh.partitions"),
            Is.EqualTo(WorkerLoss.LeaseExpired)
        );
        Assert.That((await scene.SummaryAsync()).Failed, Is.EqualTo(1));
    }
}
