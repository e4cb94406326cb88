using RotationMesh.Control.Ledger;
using RotationMesh.Control.Settling;
using RotationMesh.TestKit;

namespace RotationMesh.IntegrationTests.Ledger;

public sealed class WhenResultsAreSettled
{
    private LedgerScene scene = null!;

    [SetUp]
    public async Task Create() => scene = await LedgerScene.CreateAsync();

    [TearDown]
    public async Task Remove() => await scene.DisposeAsync();

    [Test]
    public async Task A_duplicate_changes_nothing_in_the_same_batch_or_later()
    {
        await scene.PlanAsync(1);
        var partition = (await scene.TakeAsync()).Single();

        var first = await scene.SettleAsync(partition.Done(), partition.Done());
        var second = await scene.SettleAsync(partition.Done(), partition.Failed());

        Assert.That((first.Done, first.Stale), Is.EqualTo((1, 1)));
        Assert.That(second, Is.EqualTo(new SettlementTally { Stale = 2 }));
        Assert.That((await scene.SummaryAsync()).Counts.Rotated, Is.EqualTo(100));
    }

    [Test]
    public async Task A_result_that_is_faster_than_the_commit_of_what_was_sent_counts()
    {
        const string Waiting =
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        await scene.PlanAsync(3);
        var settling = Task.FromResult(new SettlementTally());

        await scene
            .Dispatch()
            .TakeAsync(
                [scene.RotationId],
                LedgerScene.Window(),
                async taken =>
                {
                    settling = scene.SettleAsync([.. taken.Select(partition => partition.Done())]);
                    await Eventually.Holds(
                        async () => settling.IsCompleted || await scene.ScalarAsync<long>(Waiting) > 0,
                        TimeSpan.FromSeconds(10),
                        "the settlement waits for the commit"
                    );
                },
                CancellationToken.None
            );

        Assert.That(await settling, Is.EqualTo(new SettlementTally { Done = 3 }));
    }

    [Test]
    public async Task The_result_of_an_older_attempt_is_ignored()
    {
        await scene.PlanAsync(1);
        var first = (await scene.TakeAsync()).Single();
        await scene.ExpireAsync();
        await scene.Reclaim.ReclaimAsync(CancellationToken.None);
        var second = (await scene.TakeAsync()).Single();

        var late = await scene.SettleAsync(first.Done(1), first.Failed(), first.Alive());

        Assert.That(late, Is.EqualTo(new SettlementTally { Stale = 3 }));
        Assert.That((await scene.SettleAsync(second.Done(2))).Done, Is.EqualTo(1));
        Assert.That((await scene.SummaryAsync()).Counts.Rotated, Is.EqualTo(2));
    }

    [Test]
    public async Task The_result_of_a_partition_that_was_taken_back_is_ignored()
    {
        await scene.PlanAsync(1);
        var partition = (await scene.TakeAsync()).Single();
        await scene.ExpireAsync();
        await scene.Reclaim.ReclaimAsync(CancellationToken.None);

        Assert.That((await scene.SettleAsync(partition.Done())).Stale, Is.EqualTo(1));
        Assert.That(await scene.StateAsync(partition), Is.EqualTo("pending"));
    }

    [Test]
    public async Task Two_coordinators_with_the_same_batch_in_opposite_order_settle_it_once()
    {
        await scene.PlanAsync(300);
        var taken = await scene.TakeAsync();
        PartitionResult[] results = [.. taken.Select(partition => partition.Done())];

        var tallies = await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(number => scene.SettleAsync(number % 2 == 0 ? results : [.. results.Reverse()]))
        );

        Assert.That(tallies.Sum(tally => tally.Done), Is.EqualTo(300));
        Assert.That(tallies.Sum(tally => tally.Stale), Is.EqualTo(7 * 300));
        Assert.That((await scene.SummaryAsync()).Counts.Rotated, Is.EqualTo(30_000));
    }

    [Test]
    public async Task One_that_stumbles_is_tried_until_the_limit_and_then_fails()
    {
        await scene.PlanAsync(1);
        var tallies = new List<SettlementTally>();
        while ((await scene.TakeAsync()).SingleOrDefault() is { } partition)
            tallies.Add(await scene.SettleAsync(partition.Stumbled()));

        Assert.That(
            tallies.Select(tally => (tally.Delayed, tally.Failed)),
            Is.EqualTo(new[] { (1, 0), (1, 0), (0, 1) })
        );
        Assert.That((await scene.SummaryAsync()).Failed, Is.EqualTo(1));
        Assert.That(
            await scene.ScalarAsync<string>("SELECT last_error FROM rotationmesh.partitions"),
            Is.EqualTo("57P01")
        );
    }

    [Test]
    public async Task One_that_can_not_be_done_fails_at_once()
    {
        await scene.PlanAsync(1);

        Assert.That((await scene.SettleAsync((await scene.TakeAsync())[0].Failed())).Failed, Is.EqualTo(1));

        var summary = await scene.SummaryAsync();
        Assert.That((summary.Failed, summary.IsSettled), Is.EqualTo((1L, true)));
    }

    [Test]
    public async Task Refusals_do_not_count_as_tries_and_are_remembered_by_worker_and_reason()
    {
        await scene.PlanAsync(1);
        for (var time = 0; time < 5; time++)
            await scene.SettleAsync((await scene.TakeAsync())[0].Refused("worker-9", "the key differs"));
        await scene.SettleAsync(
            (await scene.TakeAsync())[0].Refused("worker-8", new string('x', 900) + "\0")
        );

        var refusals = await scene.Refusals.ListAsync(scene.RotationId, 10, CancellationToken.None);

        Assert.That(
            refusals.Select(refusal => (refusal.Worker, refusal.Reason, refusal.Times)),
            Is.EquivalentTo(
                new[] { ("worker-9", "the key differs", 5L), ("worker-8", new string('x', 500), 1L) }
            )
        );
        Assert.That((await scene.TakeAsync()).Single().Attempt, Is.EqualTo(7));
    }

    [Test]
    public async Task One_that_a_stopping_worker_returns_is_taken_again_at_once()
    {
        await scene.PlanAsync(1);

        var tally = await scene.SettleAsync((await scene.TakeAsync())[0].Returned());

        Assert.That(tally.Requeued, Is.EqualTo(1));
        Assert.That((await scene.TakeAsync()).Single().Attempt, Is.EqualTo(2));
    }

    [Test]
    public async Task A_sign_of_life_keeps_the_partition_from_being_taken_back()
    {
        await scene.PlanAsync(2);
        var taken = await scene.TakeAsync();
        await scene.ExpireAsync();

        var tally = await scene.SettleAsync(taken[0].Alive());
        var reclaimed = await scene.Reclaim.ReclaimAsync(CancellationToken.None);

        Assert.That(tally.Extended, Is.EqualTo(1));
        Assert.That(reclaimed, Is.EqualTo(new ReclaimTally(1, 0)));
        Assert.That(await scene.StateAsync(taken[0]), Is.EqualTo("dispatched"));
    }

    [Test]
    public async Task An_unknown_partition_does_not_disturb_the_others()
    {
        await scene.PlanAsync(1);
        var partition = (await scene.TakeAsync()).Single();
        var unknown = partition with { PartitionId = long.MaxValue };

        var tally = await scene.SettleAsync(unknown.Done(), partition.Done());

        Assert.That((tally.Done, tally.Stale), Is.EqualTo((1, 1)));
    }
}
