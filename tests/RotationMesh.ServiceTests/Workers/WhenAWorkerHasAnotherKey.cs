using RotationMesh.Postgres.Control.Workers;

namespace RotationMesh.ServiceTests.Workers;

public sealed class WhenAWorkerHasAnotherKey
{
    [Test]
    public async Task It_writes_nothing_its_partitions_go_to_others_and_status_names_it()
    {
        await using var stage = await Stage.LoadAsync(rows: 30_000);
        await stage.StartCoordinator().JoinedAsync();
        var wrong = await stage.StartWorker(Keys.Variables(Keys.Other)).JoinedAsync();
        var rotation = await stage.RotateAsync();
        var refused = await stage.UntilAsync(rotation, now => now.Refusals.Count > 0, "it refuses");
        var right = await stage.StartWorker().JoinedAsync();

        var ended = await stage.EndAsync(rotation);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(refused.Refusals[0].Worker, Is.EqualTo(wrong.Name));
            Assert.That(refused.Refusals[0].Reason, Does.Contain("fingerprint"));
            Assert.That(ended.State, Is.EqualTo("Completed"));
            Assert.That(
                ended.Refusals.Select(refusal => refusal.Worker).Distinct(),
                Is.EqualTo([wrong.Name])
            );
            Assert.That(await stage.DoneByAsync(wrong), Is.Zero);
            Assert.That(await stage.DoneByAsync(right), Is.Positive);
            Assert.That(await stage.AtVersionAsync(1), Is.Zero);
        }
    }

    [Test]
    public async Task The_rotation_says_so_and_waits_where_no_worker_has_the_right_one()
    {
        await using var stage = await Stage.LoadAsync(rows: 1000);
        await stage.StartCoordinator().JoinedAsync();
        var wrong = await stage.StartWorker(Keys.Variables(Keys.Other)).JoinedAsync();
        var keyless = await stage.StartWorker(Keys.WithoutTheNew).JoinedAsync();
        var rotation = await stage.RotateAsync();

        var waiting = await stage.UntilAsync(
            rotation,
            now =>
                now.Reason is not null
                && now.Refusals.Select(refusal => refusal.Worker).Distinct().Count() == 2,
            "both refuse, and the saga says so"
        );

        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                waiting.Reason,
                Does.Contain("refuses").And.Contain(wrong.Name).Or.Contain(keyless.Name)
            );
            Assert.That(waiting.EndedAt, Is.Null);
            Assert.That(waiting.State, Is.AnyOf("Planning", "Rotating"));
            Assert.That(await stage.AtVersionAsync(2), Is.Zero);
        }

        await stage.StartWorker().JoinedAsync();
        Assert.That((await stage.EndAsync(rotation)).State, Is.EqualTo("Completed"));
    }

    [Test]
    public async Task The_list_of_workers_tells_what_each_lacks()
    {
        await using var stage = await Stage.LoadAsync(rows: 100);
        await stage.StartCoordinator().JoinedAsync();
        var right = stage.StartWorker();
        var wrong = stage.StartWorker(Keys.Variables(Keys.Other));
        var keyless = stage.StartWorker(Keys.WithoutTheNew);
        var registry = new WorkerRegistry(stage.Control.Source);
        IReadOnlyList<RegisteredWorker> workers = [];
        await TestKit.Eventually.Holds(
            async () => (workers = await registry.ListAsync(CancellationToken.None)).Count == 3,
            ServiceRun.Deadline,
            "three workers have joined"
        );

        var all = workers.ToDictionary(worker => worker.Sighting.Worker);
        var mine = all[right.Name].Sighting;
        string? Lacks(ServiceRun worker) => all[worker.Name].Lacks(mine.MapHash, 2, mine.Keys[2]);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(Lacks(right), Is.Null);
            Assert.That(Lacks(wrong), Does.Contain("another fingerprint"));
            Assert.That(Lacks(keyless), Does.Contain("lacks version 2"));
            Assert.That(all.Values.Select(worker => worker.Presence), Is.All.EqualTo(WorkerPresence.Present));
        }

        Assert.That(await right.StopAsync(), Is.Zero);
        await TestKit.Eventually.Holds(
            async () =>
                (await registry.ListAsync(CancellationToken.None)).Any(worker =>
                    worker.Sighting.Worker == right.Name && worker.Presence == WorkerPresence.Left
                ),
            ServiceRun.Deadline,
            "it has left"
        );
    }
}
