using RotationMesh.Control.Ledger;
using RotationMesh.Control.Settling;
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

        var tally = await scene.Reclaim.ReclaimAsync([], CancellationToken.None);

        Assert.That(tally, Is.EqualTo(new ReclaimTally(1, 0)));
        Assert.That((await scene.TakeAsync()).Single().Attempt, Is.EqualTo(2));
    }

    [Test]
    public async Task A_lease_that_still_runs_is_left_alone()
    {
        await scene.PlanAsync(1);
        await scene.TakeAsync();

        Assert.That(
            await scene.Reclaim.ReclaimAsync([], CancellationToken.None),
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
            Enumerable.Range(0, 8).Select(_ => scene.Reclaim.ReclaimAsync([], CancellationToken.None))
        );

        Assert.That(tallies.Sum(tally => tally.Requeued), Is.EqualTo(200));
    }

    [Test]
    public async Task A_partition_that_outlives_too_many_workers_fails()
    {
        await scene.PlanAsync(1);
        var tallies = new List<ReclaimTally>();
        while (await scene.TakeAsync() is [var taken])
        {
            await scene.BeginAsync(taken);
            await scene.ExpireAsync();
            tallies.Add(await scene.Reclaim.ReclaimAsync([], CancellationToken.None));
        }

        Assert.That(tallies, Is.EqualTo(new ReclaimTally[] { new(1, 0), new(1, 0), new(0, 1) }));
        Assert.That(
            await scene.ScalarAsync<string>("SELECT last_error FROM rotationmesh.partitions"),
            Is.EqualTo(WorkerLoss.LeaseExpired)
        );
        Assert.That((await scene.SummaryAsync()).Failed, Is.EqualTo(1));
    }

    [Test]
    public async Task A_partition_that_no_worker_had_begun_is_not_blamed_however_often()
    {
        await scene.PlanAsync(1);
        for (var i = 0; i < scene.Rules.MaxExpiries + 2; i++)
        {
            Assert.That(await scene.TakeAsync(), Has.Count.EqualTo(1));
            await scene.ExpireAsync();

            Assert.That(
                await scene.Reclaim.ReclaimAsync([], CancellationToken.None),
                Is.EqualTo(new ReclaimTally(1, 0))
            );
        }

        Assert.That(await scene.ScalarAsync<int>("SELECT expiries FROM rotationmesh.partitions"), Is.Zero);
    }

    [TestCase(true, 1)]
    [TestCase(false, 0)]
    public async Task A_message_that_nobody_answered_is_a_strike_only_where_a_worker_had_begun(
        bool begun,
        int strikes
    )
    {
        await scene.PlanAsync(1);
        var taken = (await scene.TakeAsync()).Single();
        if (begun)
            await scene.BeginAsync(taken);

        await scene.Settlement.SettleAsync(
            [PartitionResult.Stumbled(taken.Key, LedgerScene.Worker, WorkerLoss.NeverAnswered)],
            CancellationToken.None
        );

        Assert.That(
            await scene.ScalarAsync<int>(
                "SELECT failures FROM rotationmesh.partitions WHERE state = 'pending'"
            ),
            Is.EqualTo(strikes)
        );
    }
}
