namespace RotationMesh.ServiceTests.Remote;

public sealed class WhenARotationIsControlledRemotely
{
    private Fixture fixture = null!;
    private ServiceRun coordinator = null!;

    [SetUp]
    public async Task Start()
    {
        fixture = await Fixture.LoadAsync(rows: 3000);
        coordinator = await fixture.StartCoordinator().JoinedAsync();
        await fixture.StartWorker().JoinedAsync();
    }

    [TearDown]
    public async Task Stop() => await fixture.DisposeAsync();

    [Test]
    public async Task Detached_it_is_paused_listed_resumed_and_watched_to_its_end()
    {
        await fixture.SlowDownAsync(TimeSpan.FromMilliseconds(200));
        var id = (await AskAsync(0, "rotate", "--detach", "--batch-size", "50")).Id();
        await fixture.WritesAsync();

        var paused = await AskAsync(0, "pause", $"{id}");
        var status = await AskAsync(0, "status");
        var list = await AskAsync(0, "list");
        var watchedWhilePaused = await AskAsync(3, "watch", $"{id}");
        await fixture.SpeedUpAsync();
        var resumed = await AskAsync(0, "resume", $"{id}");
        var watched = await AskAsync(0, "watch");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(paused.State(), Is.EqualTo("Paused"));
            Assert.That(status.Id(), Is.EqualTo(id));
            Assert.That((string)status.Json()["reason"]!, Does.StartWith("paused by "));
            Assert.That((string)list.Json()["rotations"]![0]!["state"]!, Is.EqualTo("Paused"));
            Assert.That(watchedWhilePaused.State(), Is.EqualTo("Paused"));
            Assert.That(resumed.State(), Is.EqualTo("Completed"));
            Assert.That(watched.Id(), Is.EqualTo(id));
        }
    }

    [Test]
    public async Task A_second_one_of_the_same_rows_is_refused_with_the_first_one_s_id_detached_or_not()
    {
        await fixture.SlowDownAsync(TimeSpan.FromMilliseconds(200));
        var id = (await AskAsync(0, "rotate", "--detach", "--batch-size", "50")).Id();
        await fixture.WritesAsync();

        var detached = await AskAsync(2, "rotate", "--detach");
        var followed = await AskAsync(2, "rotate");
        await fixture.SpeedUpAsync();
        var first = await AskAsync(0, "watch", $"{id}");

        Assert.That((string)detached.Json()["error"]!, Does.Contain($"{id}"));
        Assert.That((string)followed.Json()["error"]!, Does.Contain($"{id}"));
        Assert.That(first.State(), Is.EqualTo("Completed"));
    }

    [Test]
    public async Task Cancelled_it_ends_with_exit_code_5_for_whoever_follows_it()
    {
        await fixture.SlowDownAsync(TimeSpan.FromMilliseconds(200));
        await using var rotating = (
            await coordinator.AskCommandAsync("--output", "json", "rotate", "--batch-size", "50")
        ).Start();
        await fixture.WritesAsync();

        var cancelled = await AskAsync(0, "cancel");
        var followed = (await rotating.EndAsync(ServiceRun.Deadline)).Exits(5);

        Assert.That(cancelled.State(), Is.EqualTo("Cancelled"));
        Assert.That(followed.State(), Is.EqualTo("Cancelled"));
        var again = await AskAsync(2, "cancel");
        Assert.That((string)again.Json()["error"]!, Does.Contain("has ended"));
    }

    [Test]
    public async Task What_no_coordinator_hears_is_told_and_takes_effect_when_one_is_back()
    {
        await fixture.SlowDownAsync(TimeSpan.FromMilliseconds(200));
        var id = (await AskAsync(0, "rotate", "--detach", "--batch-size", "50")).Id();
        await fixture.WritesAsync();
        coordinator.Kill();

        var unheard = (await fixture.HereAsync("--output", "json", "pause", $"{id}")).Exits(6);
        coordinator = await fixture.StartCoordinator().JoinedAsync();
        var paused = await fixture.UntilAsync(id, now => now.State == "Paused", "it is heard");

        using (Assert.EnterMultipleScope())
        {
            Assert.That((bool)unheard.Json()["unheard"]!, Is.True);
            Assert.That(unheard.Error, Does.Contain("nobody has heard of it"));
            Assert.That(paused.Reason, Does.StartWith("paused by "));
        }
    }

    [Test]
    public async Task Retry_rotates_what_was_repaired_and_nothing_else()
    {
        const string Damaged = "id IN (SELECT id FROM knowledge_entries ORDER BY id LIMIT 7)";
        await fixture.Database.ExecuteAsync(
            $"""
            CREATE TABLE sound AS SELECT id, content FROM knowledge_entries WHERE {Damaged};
            UPDATE knowledge_entries SET content = 'AAAA' WHERE {Damaged}
            """
        );
        var flawed = await AskAsync(3, "rotate");
        var failures = await AskAsync(0, "failures");
        await fixture.Database.ExecuteAsync(
            "UPDATE knowledge_entries e SET content = s.content FROM sound s WHERE s.id = e.id"
        );

        var retried = await AskAsync(0, "retry");

        using (Assert.EnterMultipleScope())
        {
            Assert.That((int)failures.Json()["total"]!, Is.EqualTo(7));
            Assert.That(retried.Id(), Is.EqualTo(flawed.Id()));
            Assert.That(retried.State(), Is.EqualTo("Completed"));
            Assert.That(
                (long)retried.Json()["totals"]!["rotated"]!,
                Is.EqualTo((long)flawed.Json()["totals"]!["rotated"]! + 7)
            );
            Assert.That(await fixture.AtVersionAsync(1), Is.Zero);
        }
    }

    private async Task<ProcessOutcome> AskAsync(int exitCode, params string[] verb) =>
        (await coordinator.AskAsync(["--output", "json", .. verb])).Exits(exitCode);
}
