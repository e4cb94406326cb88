using Npgsql;
using RotationMesh.Control.Ledger;
using RotationMesh.Core;
using RotationMesh.Core.Map;
using RotationMesh.Tables.Ranges;

namespace RotationMesh.IntegrationTests.Ledger;

public sealed class WhenASweepIsPlanned
{
    private LedgerScene scene = null!;

    [SetUp]
    public async Task Create() => scene = await LedgerScene.CreateAsync();

    [TearDown]
    public async Task Remove() => await scene.DisposeAsync();

    [Test]
    public async Task A_planner_that_crashed_and_starts_again_adds_only_what_is_missing()
    {
        await scene.PlanTableAsync(LedgerScene.Table(), 30);

        var added = await scene.PlanTableAsync(LedgerScene.Table(), 50);

        var summary = await scene.SummaryAsync();
        Assert.That(added, Is.EqualTo(20));
        Assert.That(summary.Partitions, Is.EqualTo(50));
        Assert.That(
            await scene.ScalarAsync<long>("SELECT expected_rows FROM rotationmesh.sweep_tables"),
            Is.EqualTo(5000)
        );
    }

    [Test]
    public async Task Two_planners_at_once_plan_it_once()
    {
        var added = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(_ => scene.PlanTableAsync(LedgerScene.Table(), 200))
        );

        Assert.That(added.Sum(), Is.EqualTo(200));
        Assert.That((await scene.SummaryAsync()).Partitions, Is.EqualTo(200));
    }

    [Test]
    public async Task It_is_not_settled_before_planning_has_finished()
    {
        await scene.PlanTableAsync(LedgerScene.Table(), 3);
        var taken = await scene.TakeAsync();
        await scene.SettleAsync([.. taken.Select(partition => partition.Done())]);
        var before = await scene.SummaryAsync();

        await scene.FinishPlanningAsync(scene.Sweep);

        var after = await scene.SummaryAsync();
        Assert.That((before.Open, before.IsSettled), Is.EqualTo((0L, false)));
        Assert.That(after.IsSettled, Is.True);
    }

    [Test]
    public async Task A_sweep_of_nothing_is_settled_once_planned()
    {
        await scene.FinishPlanningAsync(scene.Sweep);

        var summary = await scene.SummaryAsync();
        Assert.That((summary.Partitions, summary.IsSettled), Is.EqualTo((0L, true)));
    }

    [Test]
    public async Task Nothing_is_added_after_planning_has_finished()
    {
        await scene.PlanAsync(3);

        Assert.That(await scene.PlanTableAsync(LedgerScene.Table(), 9), Is.Zero);
        Assert.That((await scene.SummaryAsync()).Partitions, Is.EqualTo(3));
    }

    [Test]
    public async Task A_range_comes_back_as_it_was_planned()
    {
        var table = LedgerScene.Table();
        var range = new PartitionRange
        {
            Scope = table.Scope,
            Database = table.Database,
            Table = table.Table,
            Leaf = new SqlName(new SqlIdentifier("Odd \"Schema\""), new SqlIdentifier("täble")),
            Pages = new PageRange(7, uint.MaxValue),
            Tenants = ["plain", "quo\"te\\", "<ü😀>", ""],
            ExpectedRows = 12,
        };
        var plan = await scene.Plan.BeginTableAsync(scene.Sweep, table, 0, CancellationToken.None);
        await plan.AddAsync([range], CancellationToken.None);

        var taken = (await scene.TakeAsync()).Single();

        Assert.That(taken.Range with { Tenants = null }, Is.EqualTo(range with { Tenants = null }));
        Assert.That(taken.Range.Tenants, Is.EqualTo(range.Tenants));
        Assert.That(taken.Sweep, Is.EqualTo(scene.Sweep));
    }

    [Test]
    public async Task Passes_and_phases_are_kept_apart()
    {
        SweepKey[] keys =
        [
            scene.Sweep,
            scene.Sweep with
            {
                Sweep = 2,
            },
            scene.Sweep with
            {
                Phase = SweepPhase.Verify,
            },
        ];
        foreach (var key in keys)
        {
            var plan = await scene.Plan.BeginTableAsync(key, LedgerScene.Table(), 0, CancellationToken.None);
            await plan.AddAsync(LedgerScene.Ranges(LedgerScene.Table(), 2), CancellationToken.None);
        }

        var taken = await scene.TakeAsync();

        Assert.That(
            taken.GroupBy(partition => partition.Sweep).Select(sweep => (sweep.Key, sweep.Count())),
            Is.EquivalentTo(keys.Select(key => (key, 2)))
        );
    }

    [Test]
    public async Task A_planner_that_has_lost_the_guard_plans_nothing_more()
    {
        var plan = await scene.Plan.BeginTableAsync(
            scene.Sweep,
            LedgerScene.Table(),
            0,
            CancellationToken.None
        );
        await scene.LoseGuardAsync();
        // The next holder, which may cut the table in other ranges.
        await using var next = await scene.HoldAsync("plan");

        Assert.ThrowsAsync<NpgsqlException>(() =>
            plan.AddAsync(LedgerScene.Ranges(LedgerScene.Table(), 2), CancellationToken.None)
        );

        Assert.That(await scene.TakeAsync(), Is.Empty);
    }

    [Test]
    public async Task A_range_of_another_table_is_an_error()
    {
        var plan = await scene.Plan.BeginTableAsync(
            scene.Sweep,
            LedgerScene.Table(),
            0,
            CancellationToken.None
        );

        Assert.ThrowsAsync<ArgumentException>(() =>
            plan.AddAsync(LedgerScene.Ranges(LedgerScene.Table("other"), 1), CancellationToken.None)
        );
    }
}
