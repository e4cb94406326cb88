using RotationMesh.Control.Dispatching;
using RotationMesh.Control.Ledger;
using RotationMesh.Control.Settling;

namespace RotationMesh.IntegrationTests.Ledger;

/// <summary>Several coordinators plan, take, settle and reclaim side by side; a deadlock would throw.</summary>
public sealed class WhenEverythingHappensAtOnce
{
    private const int Partitions = 1200;
    private const int Coordinators = 4;

    private LedgerScene scene = null!;

    [SetUp]
    public async Task Create() =>
        scene = await LedgerScene.CreateAsync(
            // Nothing fails for good: the limits have tests of their own.
            new LedgerRules
            {
                FirstDelay = TimeSpan.Zero,
                MaxFailures = 1000,
                MaxExpiries = 1000,
            }
        );

    [TearDown]
    public async Task Remove() => await scene.DisposeAsync();

    [Test]
    [CancelAfter(60_000)]
    public async Task Nothing_is_lost_or_counted_twice(CancellationToken cancellationToken)
    {
        string[] databases = ["one", "two", "three"];
        var planning = Task.Run(
            async () =>
            {
                foreach (var database in databases)
                    await scene.PlanTableAsync(LedgerScene.Table(database), Partitions / databases.Length);
                await scene.FinishPlanningAsync(scene.Sweep);
            },
            cancellationToken
        );
        var coordinators = Enumerable
            .Range(0, Coordinators)
            .Select(number =>
                Task.Run(() => CoordinateAsync(new Random(number), cancellationToken), cancellationToken)
            );
        await Task.WhenAll([planning, .. coordinators]);

        var summary = await scene.SummaryAsync();
        Assert.That((summary.Done, summary.Failed, summary.Open), Is.EqualTo(((long)Partitions, 0L, 0L)));
        Assert.That(summary.Counts.Rotated, Is.EqualTo(Partitions * 100L));
        Assert.That(
            await scene.ScalarAsync<long>("SELECT sum(rotated)::bigint FROM rotationmesh.partitions"),
            Is.EqualTo(Partitions * 100L)
        );
    }

    private async Task CoordinateAsync(Random random, CancellationToken cancellationToken)
    {
        var dispatch = scene.Dispatch();
        while (!cancellationToken.IsCancellationRequested)
        {
            var taken = await dispatch.TakeAsync(
                [scene.RotationId],
                LedgerScene.Window(300) with
                {
                    PerTake = 40,
                },
                _ => Task.CompletedTask,
                cancellationToken
            );
            var results = taken.SelectMany(partition => Say(partition, random)).ToArray();
            random.Shuffle(results);
            var half = results.Length / 2;
            await Task.WhenAll(
                scene.SettleAsync(results),
                scene.SettleAsync([.. results[half..].Reverse()]),
                scene.Reclaim.ReclaimAsync([], cancellationToken)
            );
            if (taken.Count == 0 && await IsOverAsync())
                return;
        }
    }

    private async Task<bool> IsOverAsync()
    {
        // What was lost below is out of its lease at once here, instead of after a minute.
        await scene.ExecuteAsync(
            """
            UPDATE rotationmesh.partitions SET lease_until = now() - interval '1 second'
            WHERE partition_id IN (
                SELECT partition_id FROM rotationmesh.partitions WHERE state = 'dispatched' FOR UPDATE SKIP LOCKED
            )
            """
        );
        return (await scene.SummaryAsync()).IsSettled;
    }

    private static PartitionResult[] Say(TakenPartition partition, Random random) =>
        random.Next(10) switch
        {
            0 => [],
            1 => [partition.Stumbled()],
            2 => [partition.Refused("worker-2", "the map differs")],
            3 => [partition.Stumbled(), partition.Returned()],
            4 => [partition.Alive(), partition.Done()],
            _ => [partition.Done(), partition.Done()],
        };
}
