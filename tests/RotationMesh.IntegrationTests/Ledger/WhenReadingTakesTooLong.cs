using RotationMesh.Control.Ledger;
using RotationMesh.Control.Settling;
using RotationMesh.Core;

namespace RotationMesh.IntegrationTests.Ledger;

/// <summary>Partitions to verify whose attempts are cut short.</summary>
public sealed class WhenReadingTakesTooLong
{
    private LedgerScene scene = null!;

    [SetUp]
    public async Task Create() =>
        scene = await LedgerScene.CreateAsync(
            new LedgerRules
            {
                FirstDelay = TimeSpan.Zero,
                MaxFailures = 2,
                MaxCutShort = 3,
            }
        );

    [TearDown]
    public async Task Remove() => await scene.DisposeAsync();

    [Test]
    public async Task The_next_attempt_gets_what_is_left_and_what_was_read_counts()
    {
        await PlanAsync(2);
        var first = (await scene.TakeAsync()).First(partition => partition.Range.Pages!.Value.From == 0);
        var to = first.Range.Pages!.Value.To;

        await scene.SettleAsync(first.CutShort(new PageRange(3, to)));
        var again = (await scene.TakeAsync()).Single(partition => partition.PartitionId == first.PartitionId);
        await scene.SettleAsync(again.CutShort(new PageRange(5, to)));
        var third = (await scene.TakeAsync()).Single(partition => partition.PartitionId == first.PartitionId);

        Assert.That(again.Range.Pages, Is.EqualTo(new PageRange(3, to)));
        Assert.That(third.Range.Pages, Is.EqualTo(new PageRange(5, to)));
        Assert.That((third.Range.Leaf, third.CutShort), Is.EqualTo((first.Range.Leaf, 0)));
        Assert.That(await VerifiedAsync(), Is.EqualTo(20));
    }

    [Test]
    public async Task A_planner_that_starts_again_keeps_nothing_of_a_plan_that_has_no_end()
    {
        await PlanAsync(2, finish: false);
        var first = (await scene.TakeAsync())[0];
        await scene.SettleAsync(first.CutShort(new PageRange(3, first.Range.Pages!.Value.To)));

        await DropAsync();
        var added = await PlanAsync(4);

        Assert.That(added, Is.EqualTo(4));
        await scene.SettleAsync(first.Returned());
        Assert.That(
            (await scene.TakeAsync()).Select(partition => partition.Range.Pages!.Value.From),
            Is.EquivalentTo((uint[])[0, 10, 20, 30])
        );
        Assert.That(await VerifiedAsync(), Is.Zero);
    }

    [Test]
    public async Task A_plan_that_has_its_end_stays()
    {
        await PlanAsync(2);

        await DropAsync();

        Assert.That(await scene.TakeAsync(), Has.Count.EqualTo(2));
    }

    [TestCase(0u, 9u)]
    [TestCase(10u, 20u)]
    [TestCase(4_000_000_000u, 4_000_000_001u)]
    public async Task Of_pages_that_are_not_the_partitions_own_or_all_of_it_nothing_counts(uint from, uint to)
    {
        await PlanAsync(1);
        var first = (await scene.TakeAsync()).Single();

        await scene.SettleAsync(first.CutShort(new PageRange(from, to)));

        var again = (await scene.TakeAsync()).Single();
        Assert.That((again.Range.Pages, again.CutShort), Is.EqualTo((first.Range.Pages, 1)));
        Assert.That(await VerifiedAsync(), Is.Zero);
    }

    [TestCase(4u)]
    [TestCase(4_000_000_000u)]
    public async Task What_is_left_ends_where_the_partition_does_whatever_is_said(uint end)
    {
        await PlanAsync(1);
        var first = (await scene.TakeAsync()).Single();

        await scene.SettleAsync(first.CutShort(new PageRange(3, end)));

        Assert.That(
            (await scene.TakeAsync()).Single().Range.Pages,
            Is.EqualTo(new PageRange(3, first.Range.Pages!.Value.To))
        );
    }

    [Test]
    public async Task A_partition_that_is_rewritten_goes_on_with_the_pages_that_are_left_as_well()
    {
        await scene.PlanAsync(1);
        var first = (await scene.TakeAsync()).Single();

        await scene.SettleAsync(first.CutShort(new PageRange(3, 9)));

        Assert.That(
            (await scene.TakeAsync()).Single().Range.Pages,
            Is.EqualTo(new PageRange(3, first.Range.Pages!.Value.To))
        );
    }

    [Test]
    public async Task Of_which_nothing_can_be_read_at_all_it_fails_in_the_end_and_says_why()
    {
        await PlanAsync(1);
        var cuts = new List<int>();
        while ((await scene.TakeAsync()).SingleOrDefault() is { } partition)
        {
            cuts.Add(partition.CutShort);
            await scene.SettleAsync(partition.CutShort());
        }

        Assert.That(cuts, Is.EqualTo((int[])[0, 1, 2, 3, 3]));
        Assert.That(
            await scene.ScalarAsync<string>(
                "SELECT last_error FROM rotationmesh.partitions WHERE state = 'failed'"
            ),
            Is.EqualTo(PartitionSettlement.TooSlow)
        );
    }

    [Test]
    public async Task A_worker_that_stops_does_not_count_as_one_whose_time_was_over()
    {
        await PlanAsync(1);
        for (var time = 0; time < 6; time++)
            await scene.SettleAsync((await scene.TakeAsync()).Single().Returned());

        Assert.That((await scene.TakeAsync()).Single().CutShort, Is.Zero);
    }

    private Task DropAsync() =>
        scene.Plan.DropUnfinishedAsync(
            new SweepKey(scene.RotationId, 1, SweepPhase.Verify),
            CancellationToken.None
        );

    private Task<long> VerifiedAsync() =>
        scene.ScalarAsync<long>("SELECT sum(verified)::bigint FROM rotationmesh.sweep_tables");

    private async Task<long> PlanAsync(int partitions, bool finish = true)
    {
        var sweep = new SweepKey(scene.RotationId, 1, SweepPhase.Verify);
        var plan = await scene.Plan.BeginTableAsync(sweep, LedgerScene.Table(), 0, CancellationToken.None);
        var added = await plan.AddAsync(
            [
                .. LedgerScene
                    .Ranges(LedgerScene.Table(), partitions)
                    .Select(
                        (range, number) =>
                            range with
                            {
                                Pages = new PageRange((uint)number * 10, ((uint)number * 10) + 10),
                            }
                    ),
            ],
            CancellationToken.None
        );
        if (finish)
            await scene.FinishPlanningAsync(sweep);
        return added;
    }
}
