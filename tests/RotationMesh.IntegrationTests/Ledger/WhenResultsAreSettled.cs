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

        await scene.SettleAsync(partition.Done(), partition.Done());
        await scene.SettleAsync(partition.Done(), partition.Failed());

        Assert.That(await SummaryAsync(), Is.EqualTo((1L, 0L, 100L)));
    }

    [Test]
    public async Task A_result_that_is_faster_than_the_commit_of_what_was_sent_counts()
    {
        const string Waiting =
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        await scene.PlanAsync(3);
        var settling = Task.CompletedTask;

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
                        TimeSpan.FromMinutes(1),
                        "the settlement waits for the commit"
                    );
                },
                CancellationToken.None
            );

        await settling;
        Assert.That(await SummaryAsync(), Is.EqualTo((3L, 0L, 300L)));
    }

    [Test]
    public async Task A_result_with_the_numbers_of_another_ledger_is_ignored()
    {
        await scene.PlanAsync(1);
        var partition = (await scene.TakeAsync()).Single();
        var lost = partition with { Key = partition.Key with { Dispatch = Guid.NewGuid() } };

        await scene.SettleAsync(lost.Done(), lost.Failed(), lost.Alive());

        Assert.That(await SummaryAsync(), Is.EqualTo((0L, 0L, 0L)));
        await scene.SettleAsync(partition.Done());
        Assert.That(await SummaryAsync(), Is.EqualTo((1L, 0L, 100L)));
    }

    [Test]
    public async Task What_a_ledger_that_was_put_back_sends_out_again_is_told_from_what_it_had_sent()
    {
        await scene.PlanAsync(1);
        var lost = (await scene.TakeAsync()).Single();
        await scene.ExecuteAsync(
            """
            UPDATE rotationmesh.partitions
            SET state = 'pending', attempt = 0, lease_until = NULL, write_until = NULL, dispatch = NULL
            """
        );

        var partition = (await scene.TakeAsync()).Single();
        Assert.That((partition.PartitionId, partition.Attempt), Is.EqualTo((lost.PartitionId, lost.Attempt)));
        await scene.SettleAsync(lost.Done());

        Assert.That(await SummaryAsync(), Is.EqualTo((0L, 0L, 0L)));
    }

    [Test]
    public async Task The_result_of_an_older_attempt_is_ignored()
    {
        await scene.PlanAsync(1);
        var first = (await scene.TakeAsync()).Single();
        await scene.ExpireAsync();
        await scene.Reclaim.ReclaimAsync([], CancellationToken.None);
        var second = (await scene.TakeAsync()).Single();

        var before = await LeaseAsync();
        await scene.SettleAsync(first.Done(1), first.Failed(), first.Alive());

        Assert.That(await scene.StateAsync(second), Is.EqualTo("dispatched"));
        Assert.That(await LeaseAsync(), Is.EqualTo(before));
        await scene.SettleAsync(second.Done(2));
        Assert.That(await SummaryAsync(), Is.EqualTo((1L, 0L, 2L)));

        Task<DateTime> LeaseAsync() =>
            scene.ScalarAsync<DateTime>("SELECT lease_until FROM rotationmesh.partitions");
    }

    [Test]
    public async Task The_result_of_a_partition_that_was_taken_back_is_ignored()
    {
        await scene.PlanAsync(1);
        var partition = (await scene.TakeAsync()).Single();
        await scene.ExpireAsync();
        await scene.Reclaim.ReclaimAsync([], CancellationToken.None);

        await scene.SettleAsync(partition.Done());

        Assert.That(await scene.StateAsync(partition), Is.EqualTo("pending"));
        Assert.That(await SummaryAsync(), Is.EqualTo((0L, 0L, 0L)));
    }

    [Test]
    public async Task Two_coordinators_with_the_same_batch_in_opposite_order_settle_it_once()
    {
        await scene.PlanAsync(300);
        var taken = await scene.TakeAsync();
        PartitionResult[] results = [.. taken.Select(partition => partition.Done())];

        await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(number => scene.SettleAsync(number % 2 == 0 ? results : [.. results.Reverse()]))
        );

        Assert.That(await SummaryAsync(), Is.EqualTo((300L, 0L, 30_000L)));
    }

    [Test]
    public async Task One_that_stumbles_is_tried_until_the_limit_and_then_fails()
    {
        await scene.PlanAsync(1);
        var states = new List<string?>();
        while ((await scene.TakeAsync()).SingleOrDefault() is { } partition)
        {
            await scene.SettleAsync(partition.Stumbled());
            states.Add(await scene.StateAsync(partition));
        }

        Assert.That(states, Is.EqualTo(new[] { "pending", "pending", "failed" }));
        Assert.That(await SummaryAsync(), Is.EqualTo((0L, 1L, 0L)));
        Assert.That(
            await scene.ScalarAsync<string>("SELECT last_error FROM rotationmesh.partitions"),
            Is.EqualTo("57P01")
        );
    }

    [Test]
    public async Task One_that_can_not_be_done_fails_at_once()
    {
        await scene.PlanAsync(1);

        await scene.SettleAsync((await scene.TakeAsync())[0].Failed());

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

        await scene.SettleAsync((await scene.TakeAsync())[0].Returned());

        Assert.That((await scene.TakeAsync()).Single().Attempt, Is.EqualTo(2));
    }

    [Test]
    public async Task A_sign_of_life_keeps_the_partition_from_being_taken_back()
    {
        await scene.PlanAsync(2);
        var taken = await scene.TakeAsync();
        await scene.ExpireAsync();

        await scene.SettleAsync(taken[0].Alive());
        var reclaimed = await scene.Reclaim.ReclaimAsync([], CancellationToken.None);

        Assert.That(reclaimed, Is.EqualTo(new ReclaimTally(1, 0)));
        Assert.That(await scene.StateAsync(taken[0]), Is.EqualTo("dispatched"));
    }

    [Test]
    public async Task An_unknown_partition_does_not_disturb_the_others()
    {
        await scene.PlanAsync(1);
        var partition = (await scene.TakeAsync()).Single();
        var unknown = partition with { Key = partition.Key with { PartitionId = long.MaxValue } };

        await scene.SettleAsync(unknown.Done(), partition.Done());

        Assert.That(await SummaryAsync(), Is.EqualTo((1L, 0L, 100L)));
    }

    private async Task<(long Done, long Failed, long Rotated)> SummaryAsync()
    {
        var summary = await scene.SummaryAsync();
        return (summary.Done, summary.Failed, summary.Counts.Rotated);
    }
}
