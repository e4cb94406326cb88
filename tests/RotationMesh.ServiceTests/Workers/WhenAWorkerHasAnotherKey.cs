using RotationMesh.Control.Workers;

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
    public async Task A_worker_whose_current_key_is_another_refuses_and_status_says_so()
    {
        await using var stage = await Stage.LoadAsync(rows: 1000);
        await stage.StartCoordinator().JoinedAsync();
        var ahead = await stage.StartWorker(Keys.GoneOn).JoinedAsync();
        var rotation = await stage.RotateAsync();

        var waiting = await stage.UntilAsync(rotation, now => now.Refusals.Count > 0, "it refuses");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(waiting.Refusals[0].Worker, Is.EqualTo(ahead.Name));
            Assert.That(
                waiting.Refusals[0].Reason,
                Does.Contain("current one (3)").And.Contain("the same keys")
            );
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
        var registry = new WorkerRegistry(stage.Control);
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

    [Test]
    public async Task The_gate_of_the_keys_holds_when_enough_are_there_and_every_one_has_them()
    {
        await using var stage = await Stage.LoadAsync(rows: 200);
        stage.AddToMap("gates: { keys: { workers: 2 } }");
        var coordinator = await stage.StartCoordinator().JoinedAsync();
        await stage.StartWorker().JoinedAsync();
        var keyless = await stage.StartWorker(Keys.WithoutTheNew).JoinedAsync();
        await DoctorSaysAsync(coordinator, $"worker {keyless.Name}: its key ring lacks version 2");
        var refused = (await coordinator.AskAsync("rotate")).Exits(4);

        Assert.That(await keyless.StopAsync(), Is.Zero);
        await DoctorSaysAsync(coordinator, "1 of at least 2 workers are there");
        await stage.StartWorker().JoinedAsync();
        await DoctorSaysAsync(coordinator, "2 workers have the map and all keys");
        (await coordinator.AskAsync("rotate")).Exits(0);

        Assert.That(refused.Error, Does.Contain($"gate keys: worker {keyless.Name}"));
        Assert.That(await stage.AtVersionAsync(1), Is.Zero);
    }

    private static Task DoctorSaysAsync(ServiceRun coordinator, string words) =>
        TestKit.Eventually.Holds(
            async () => (await coordinator.AskAsync("doctor")).Output.Contains($"gate keys: {words}"),
            ServiceRun.Deadline,
            words
        );

    [Test]
    public async Task Status_lists_the_workers_and_what_each_lacks()
    {
        await using var stage = await Stage.LoadAsync(rows: 200);
        var coordinator = await stage.StartCoordinator().JoinedAsync();
        var right = await stage.StartWorker().JoinedAsync();
        var wrong = await stage.StartWorker(Keys.Variables(Keys.Other)).JoinedAsync();
        await TestKit.Eventually.Holds(
            async () => (await coordinator.AskAsync("doctor")).Output.Contains(wrong.Name),
            ServiceRun.Deadline,
            "it is registered"
        );
        (await coordinator.AskAsync("rotate")).Exits(0);

        var told = (await coordinator.AskAsync("--output", "json", "status")).Exits(0).Json()["workers"]!;
        var shown = (await coordinator.AskAsync("status")).Exits(0).Output;

        var workers = told.AsArray().ToDictionary(worker => (string)worker!["worker"]!, worker => worker!);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((string?)workers[right.Name]["lacks"], Is.Null);
            Assert.That((string?)workers[wrong.Name]["lacks"], Does.Contain("another fingerprint"));
            Assert.That((string?)workers[right.Name]["host"], Is.EqualTo(Environment.MachineName));
            Assert.That(workers[right.Name]["keys"]!.AsArray(), Has.Count.EqualTo(2));
            Assert.That(shown, Does.Contain($"worker {right.Name}").And.Contain($"worker {wrong.Name}"));
        }
    }
}
