using RotationMesh.Control.Dispatching;
using RotationMesh.Control.Ledger;

namespace RotationMesh.IntegrationTests.Ledger;

public sealed class WhenPartitionsAreTaken
{
    private LedgerScene scene = null!;

    [SetUp]
    public async Task Create() => scene = await LedgerScene.CreateAsync();

    [TearDown]
    public async Task Remove() => await scene.DisposeAsync();

    [Test]
    public async Task Eight_coordinators_at_once_never_get_the_same()
    {
        await scene.PlanAsync(400);
        var window = LedgerScene.Window() with { PerTake = 10 };

        var taken = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => TakeAllAsync(scene.Dispatch(), window))
        );

        var all = taken.SelectMany(partitions => partitions).ToList();
        Assert.That(all.Select(partition => partition.PartitionId), Is.Unique);
        Assert.That(all, Has.Count.EqualTo(400));
        Assert.That(all.Select(partition => partition.Attempt), Is.All.EqualTo(1));
    }

    [Test]
    public async Task What_could_not_be_published_is_taken_again()
    {
        await scene.PlanAsync(5);
        var dispatch = scene.Dispatch();

        Assert.ThrowsAsync<TimeoutException>(() =>
            dispatch.TakeAsync(
                [scene.RotationId],
                LedgerScene.Window(),
                _ => throw new TimeoutException(),
                CancellationToken.None
            )
        );
        Assert.That((await scene.SummaryAsync()).Tables[0].Dispatched, Is.Zero);

        var again = await TakeAsync(dispatch, LedgerScene.Window());
        Assert.That(again.Select(partition => partition.Attempt), Is.EqualTo(Enumerable.Repeat(2, 5)));
    }

    [Test]
    public async Task The_window_is_not_exceeded_until_something_is_settled()
    {
        await scene.PlanAsync(30);
        var dispatch = scene.Dispatch();
        var first = await TakeAsync(dispatch, LedgerScene.Window(20));
        var none = await TakeAsync(dispatch, LedgerScene.Window(20));
        await scene.SettleAsync(first[0].Done(), first[1].Done());

        var more = await TakeAsync(dispatch, LedgerScene.Window(20));

        Assert.That((first.Count, none.Count, more.Count), Is.EqualTo((20, 0, 2)));
    }

    [Test]
    public async Task A_huge_database_leaves_the_others_their_part()
    {
        await scene.PlanTableAsync(LedgerScene.Table("huge"), 300);
        await scene.PlanTableAsync(LedgerScene.Table("small"), 4);
        await scene.PlanTableAsync(LedgerScene.Table("other"), 300);

        var taken = await scene.TakeAsync(LedgerScene.Window(30));

        Assert.That(Share(taken, "small"), Is.EqualTo(4));
        Assert.That(Share(taken, "huge"), Is.EqualTo(13));
        Assert.That(Share(taken, "other"), Is.EqualTo(13));
    }

    [Test]
    public async Task A_database_that_hangs_does_not_hold_back_one_planned_later()
    {
        await scene.PlanTableAsync(LedgerScene.Table("hangs"), 300);
        await scene.TakeAsync(LedgerScene.Window(30, perDatabase: 20));
        await scene.PlanTableAsync(LedgerScene.Table("later"), 300);

        var taken = await scene.TakeAsync(LedgerScene.Window(30, perDatabase: 20));

        Assert.That((Share(taken, "later"), Share(taken, "hangs")), Is.EqualTo((10, 0)));
    }

    [Test]
    public async Task Of_one_database_the_lower_priority_number_goes_first()
    {
        await scene.PlanTableAsync(LedgerScene.Table(scope: "knowledge"), 5, priority: 2);
        await scene.PlanTableAsync(LedgerScene.Table(scope: "connectors"), 5, priority: 1);

        var taken = await scene.TakeAsync(LedgerScene.Window(6));

        Assert.That(taken.Count(partition => partition.Range.Scope == "connectors"), Is.EqualTo(5));
    }

    [Test]
    public async Task Only_the_rotations_asked_for_are_taken_each_in_its_own_window()
    {
        await scene.PlanAsync(10);
        var second = new SweepKey(await scene.BeginRotationAsync(), 1, SweepPhase.Rotate);
        var third = new SweepKey(await scene.BeginRotationAsync(), 1, SweepPhase.Rotate);
        foreach (var key in new[] { second, third })
        {
            var plan = await scene.Plan.BeginTableAsync(key, LedgerScene.Table(), 0, CancellationToken.None);
            await plan.AddAsync(LedgerScene.Ranges(LedgerScene.Table(), 10), CancellationToken.None);
        }

        var taken = await scene
            .Dispatch()
            .TakeAsync(
                [scene.RotationId, second.RotationId],
                LedgerScene.Window(4),
                _ => Task.CompletedTask,
                CancellationToken.None
            );

        Assert.That(
            taken.GroupBy(partition => partition.Sweep).Select(sweep => (sweep.Key, sweep.Count())),
            Is.EquivalentTo(new[] { (scene.Sweep, 4), (second, 4) })
        );
    }

    [Test]
    public async Task One_that_stumbled_waits_and_does_not_hold_up_the_rest()
    {
        await using var patient = await LedgerScene.CreateAsync(new LedgerRules());
        await patient.PlanAsync(2);
        var first = await patient.TakeAsync(LedgerScene.Window(1));
        await patient.SettleAsync(first[0].Stumbled());

        var next = await patient.TakeAsync();

        Assert.That(next.Single().PartitionId, Is.Not.EqualTo(first[0].PartitionId));
        await patient.ExecuteAsync(
            "UPDATE rotationmesh.partitions SET not_before = now() WHERE state = 'pending'"
        );
        Assert.That((await patient.TakeAsync()).Single().Attempt, Is.EqualTo(2));
    }

    private static int Share(IReadOnlyList<TakenPartition> taken, string database) =>
        taken.Count(partition => partition.Range.Database == database);

    private async Task<List<TakenPartition>> TakeAllAsync(PartitionDispatch dispatch, DispatchWindow window)
    {
        var all = new List<TakenPartition>();
        // Another coordinator may hold for a moment all that this one sees; the ledger says when nothing is left.
        while (
            await scene.ScalarAsync<bool>(
                "SELECT EXISTS (SELECT FROM rotationmesh.partitions WHERE state = 'pending')"
            )
        )
            all.AddRange(await TakeAsync(dispatch, window));
        return all;
    }

    private Task<IReadOnlyList<TakenPartition>> TakeAsync(
        PartitionDispatch dispatch,
        DispatchWindow window
    ) => dispatch.TakeAsync([scene.RotationId], window, _ => Task.CompletedTask, CancellationToken.None);
}
