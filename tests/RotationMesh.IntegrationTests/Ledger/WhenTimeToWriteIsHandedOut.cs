using RotationMesh.Control.Dispatching;
using RotationMesh.Control.Ledger;
using RotationMesh.Coordination.Dispatching;

namespace RotationMesh.IntegrationTests.Ledger;

/// <summary>What was handed out to write, and is not known to be over, is kept: its worker may only be frozen.</summary>
public sealed class WhenTimeToWriteIsHandedOut
{
    private LedgerScene scene = null!;

    [SetUp]
    public async Task Create() => scene = await LedgerScene.CreateAsync();

    [TearDown]
    public async Task Remove() => await scene.DisposeAsync();

    [Test]
    public async Task It_is_in_the_ledger_before_it_is_published()
    {
        await scene.PlanAsync(1);
        IReadOnlyList<WriteDeadline> known = [];

        var taken = await scene
            .Dispatch()
            .TakeAsync(
                [scene.RotationId],
                LedgerScene.Window(),
                async _ => known = await OpenAsync(),
                CancellationToken.None
            );

        Assert.That(known.Single().Until, Is.EqualTo(taken.Single().WriteUntil));
        Assert.That(known.Single().Database, Is.EqualTo("app"));
        var now = await scene.ScalarAsync<DateTime>("SELECT clock_timestamp()");
        Assert.That(taken[0].WriteUntil, Is.GreaterThan(now).And.LessThan(now + scene.Rules.WriteTime));
    }

    [Test]
    public async Task It_is_kept_where_nobody_knows_what_was_published()
    {
        await scene.PlanAsync(1);
        var sent = new List<TakenPartition>();
        Assert.ThrowsAsync<TimeoutException>(() =>
            scene
                .Dispatch()
                .TakeAsync(
                    [scene.RotationId],
                    LedgerScene.Window(),
                    partitions =>
                    {
                        sent.AddRange(partitions);
                        throw new TimeoutException();
                    },
                    CancellationToken.None
                )
        );

        var again = (await scene.TakeAsync()).Single();
        await scene.SettleAsync(again.Done() with { IsOver = true });

        Assert.That((sent.Single().Attempt, again.Attempt), Is.EqualTo((1, 2)));
        Assert.That((await OpenAsync()).Single().Until, Is.EqualTo(sent[0].WriteUntil));
    }

    [Test]
    public async Task It_is_kept_where_the_command_was_sent_twice_whatever_one_worker_answers()
    {
        await scene.PlanAsync(2);
        var taken = await scene.TakeAsync();
        var deadlines = new WriteDeadlines(scene.Control);
        foreach (var (partition, times) in taken.Zip([1, 2]))
        {
            var transmissions = new Transmissions(deadlines, partition, CancellationToken.None);
            for (var i = 0; i < times; i++)
                await transmissions.LeavesAsync(null!);
        }

        await scene.SettleAsync(
            taken[0].Done() with
            {
                IsOver = true,
            },
            taken[1].Done() with
            {
                IsOver = true,
            }
        );

        Assert.That((await OpenAsync()).Single().Until, Is.EqualTo(taken[1].WriteUntil));
        Assert.That(
            await scene.ScalarAsync<long>(
                "SELECT partition_id FROM rotationmesh.partitions WHERE left_until IS NOT NULL"
            ),
            Is.EqualTo(taken[1].PartitionId)
        );
    }

    [Test]
    public async Task It_is_over_at_the_worker_s_own_word()
    {
        await scene.PlanAsync(4);
        var taken = await scene.TakeAsync();

        await scene.SettleAsync(
            taken[0].Done() with
            {
                IsOver = true,
            },
            taken[1].Returned() with
            {
                IsOver = true,
            },
            taken[2].Stumbled() with
            {
                IsOver = true,
            },
            taken[3].Refused("worker-2", "the map differs") with
            {
                IsOver = true,
            }
        );

        Assert.That(await OpenAsync(), Is.Empty);
    }

    [Test]
    public async Task It_is_kept_where_another_may_have_it_as_well()
    {
        await scene.PlanAsync(1);
        var taken = (await scene.TakeAsync()).Single();

        await scene.SettleAsync(taken.Done());

        Assert.That((await OpenAsync()).Single().Until, Is.EqualTo(taken.WriteUntil));
    }

    [Test]
    public async Task It_outlives_its_lease()
    {
        await scene.PlanAsync(1);
        var first = (await scene.TakeAsync()).Single();
        await scene.ExpireAsync();
        await scene.Reclaim.ReclaimAsync([], CancellationToken.None);

        await SettleNextAsync();

        Assert.That((await OpenAsync()).Single().Until, Is.EqualTo(first.WriteUntil));
    }

    [Test]
    public async Task It_outlives_the_silence_of_its_worker()
    {
        await scene.PlanAsync(1);
        var first = (await scene.TakeAsync()).Single();
        var released = await scene.Leases.ReleaseAsync(
            scene.RotationId,
            TimeSpan.Zero,
            scene.Rules,
            CancellationToken.None
        );
        Assert.That(released.Partitions, Is.EqualTo(1));

        await SettleNextAsync();

        Assert.That((await OpenAsync()).Single().Until, Is.EqualTo(first.WriteUntil));
    }

    [Test]
    public async Task It_is_forgotten_once_the_database_s_clock_has_passed_it()
    {
        await scene.PlanAsync(1);
        var taken = (await scene.TakeAsync()).Single();
        await scene.SettleAsync(taken.Done());
        var until = taken.WriteUntil!.Value;

        await scene.Deadlines.ForgetAsync(scene.RotationId, "app", until.AddSeconds(-1), default);
        Assert.That(await OpenAsync(), Is.Not.Empty);
        await scene.Deadlines.ForgetAsync(scene.RotationId, "app", until, default);
        Assert.That(await OpenAsync(), Is.Empty);
    }

    [Test]
    public async Task One_that_was_too_short_is_doubled()
    {
        await scene.PlanAsync(1);
        for (var times = 1; times <= 4; times *= 2)
        {
            var before = await scene.ScalarAsync<DateTime>("SELECT clock_timestamp()");
            var taken = (await scene.TakeAsync()).Single();
            var after = await scene.ScalarAsync<DateTime>("SELECT clock_timestamp()");
            Assert.That(
                taken.WriteUntil - (scene.Rules.WriteTime * times),
                Is.InRange(before, after),
                $"{times} times"
            );
            await scene.SettleAsync(taken.Returned() with { IsOver = true, IsCutShort = true });
        }
    }

    [Test]
    public async Task A_partition_to_verify_has_none()
    {
        var verify = scene.Sweep with { Phase = SweepPhase.Verify };
        var plan = await scene.Plan.BeginTableAsync(verify, LedgerScene.Table(), 0, CancellationToken.None);
        await plan.AddAsync(LedgerScene.Ranges(LedgerScene.Table(), 1), CancellationToken.None);

        Assert.That((await scene.TakeAsync()).Single().WriteUntil, Is.Null);
        Assert.That(await OpenAsync(), Is.Empty);
    }

    private Task<IReadOnlyList<WriteDeadline>> OpenAsync() =>
        scene.Deadlines.ListAsync(scene.RotationId, CancellationToken.None);

    private async Task SettleNextAsync()
    {
        var next = (await scene.TakeAsync()).Single();
        await scene.SettleAsync(next.Done() with { IsOver = true });
    }
}
