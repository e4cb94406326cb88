using RotationMesh.Control.Workers;

namespace RotationMesh.ServiceTests.Workers;

public sealed class WhenAWorkerHasAnotherKey
{
    [Test]
    public async Task It_writes_nothing_its_partitions_go_to_others_and_status_names_it()
    {
        await using var fixture = await Fixture.LoadAsync(rows: 30_000);
        await fixture.StartCoordinator().JoinedAsync();
        var wrong = await fixture.StartWorker(Keys.Variables(Keys.Other)).JoinedAsync();
        var rotation = await fixture.RotateAsync();
        var refused = await fixture.UntilAsync(rotation, now => now.Refusals.Count > 0, "it refuses");
        var right = await fixture.StartWorker().JoinedAsync();

        var ended = await fixture.EndAsync(rotation);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(refused.Refusals[0].Worker, Is.EqualTo(wrong.Name));
            Assert.That(refused.Refusals[0].Reason, Does.Contain("fingerprint"));
            Assert.That(ended.State, Is.EqualTo("Completed"));
            Assert.That(
                ended.Refusals.Select(refusal => refusal.Worker).Distinct(),
                Is.EqualTo([wrong.Name])
            );
            Assert.That(await fixture.DoneByAsync(wrong), Is.Zero);
            Assert.That(await fixture.DoneByAsync(right), Is.Positive);
            Assert.That(await fixture.AtVersionAsync(1), Is.Zero);
        }
    }

    [Test]
    public async Task The_rotation_says_so_and_waits_where_no_worker_has_the_right_one()
    {
        await using var fixture = await Fixture.LoadAsync(rows: 1000);
        await fixture.StartCoordinator().JoinedAsync();
        var wrong = await fixture.StartWorker(Keys.Variables(Keys.Other)).JoinedAsync();
        var keyless = await fixture.StartWorker(Keys.WithoutTheNew).JoinedAsync();
        var rotation = await fixture.RotateAsync();

        var waiting = await fixture.UntilAsync(
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
            Assert.That(await fixture.AtVersionAsync(2), Is.Zero);
        }

        await fixture.StartWorker().JoinedAsync();
        Assert.That((await fixture.EndAsync(rotation)).State, Is.EqualTo("Completed"));
    }

    [Test]
    public async Task A_worker_whose_current_key_is_another_refuses_and_status_says_so()
    {
        await using var fixture = await Fixture.LoadAsync(rows: 1000);
        await fixture.StartCoordinator().JoinedAsync();
        var ahead = await fixture.StartWorker(Keys.GoneOn).JoinedAsync();
        var rotation = await fixture.RotateAsync();

        var waiting = await fixture.UntilAsync(rotation, now => now.Refusals.Count > 0, "it refuses");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(waiting.Refusals[0].Worker, Is.EqualTo(ahead.Name));
            Assert.That(
                waiting.Refusals[0].Reason,
                Does.Contain("current one (3)").And.Contain("the same keys")
            );
            Assert.That(await fixture.AtVersionAsync(2), Is.Zero);
        }

        await fixture.StartWorker().JoinedAsync();
        Assert.That((await fixture.EndAsync(rotation)).State, Is.EqualTo("Completed"));
    }

    [Test]
    public async Task The_list_of_workers_tells_what_each_lacks()
    {
        await using var fixture = await Fixture.LoadAsync(rows: 100);
        await fixture.StartCoordinator().JoinedAsync();
        var right = fixture.StartWorker();
        var wrong = fixture.StartWorker(Keys.Variables(Keys.Other));
        var keyless = fixture.StartWorker(Keys.WithoutTheNew);
        var registry = new WorkerRegistry(fixture.Control);
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
        await using var fixture = await Fixture.LoadAsync(rows: 200);
        fixture.AddToMap("gates: { keys: { workers: 2 } }");
        var coordinator = await fixture.StartCoordinator().JoinedAsync();
        await fixture.StartWorker().JoinedAsync();
        var keyless = await fixture.StartWorker(Keys.WithoutTheNew).JoinedAsync();
        await DoctorSaysAsync(coordinator, $"worker {keyless.Name}: its key ring lacks version 2");
        var refused = (await coordinator.AskAsync("rotate")).Exits(4);

        Assert.That(await keyless.StopAsync(), Is.Zero);
        await DoctorSaysAsync(coordinator, "1 of at least 2 workers are there");
        await fixture.StartWorker().JoinedAsync();
        await DoctorSaysAsync(coordinator, "2 workers have the map and all keys");
        (await coordinator.AskAsync("rotate")).Exits(0);

        Assert.That(refused.Error, Does.Contain($"gate keys: worker {keyless.Name}"));
        Assert.That(await fixture.AtVersionAsync(1), Is.Zero);
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
        await using var fixture = await Fixture.LoadAsync(rows: 200);
        var coordinator = await fixture.StartCoordinator().JoinedAsync();
        var right = await fixture.StartWorker().JoinedAsync();
        var wrong = await fixture.StartWorker(Keys.Variables(Keys.Other)).JoinedAsync();
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
