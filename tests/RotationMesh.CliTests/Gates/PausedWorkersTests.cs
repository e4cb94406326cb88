using RotationMesh.TestKit;
using RotationMesh.TestKit.Redis;

namespace RotationMesh.CliTests.Gates;

/// <summary>Workers that the program pauses, and gates that are lost in mid-rotation.</summary>
public sealed class PausedWorkersTests
{
    private const string SlowRows = """
        CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.01); RETURN NEW; END';
        CREATE TRIGGER slow BEFORE UPDATE ON knowledge_entries FOR EACH ROW EXECUTE FUNCTION slow();
        """;

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);

    private GatedSite gated = null!;

    private Site Site => gated.Site;

    [TearDown]
    public async Task Drop() => await gated.DisposeAsync();

    [Test]
    public async Task Queues_that_it_paused_are_resumed_after_verification_and_no_others()
    {
        gated = await GatedSite.LoadAsync("--rows", "300", "--tenants", "3");
        await gated.Application.PauseAsync(GatedSite.Other);
        await gated.Application.AddAsync(
            GatedSite.Queue,
            new Job("waiting"),
            new Job("prioritized", Priority: 1),
            new Job("delayed", Delay: 500)
        );

        (await Site.RunAsync("rotate", "--pause-workers")).Exits(0);

        Assert.That(await gated.PausedAsync(), Is.EqualTo([GatedSite.Other]));
        await gated.Application.WorkAsync(GatedSite.Queue);
        await Eventually.Holds(
            () => Task.FromResult(gated.Application.Ended.Count == 3),
            Deadline,
            "all jobs run"
        );
        Assert.That(gated.Application.Started, Is.EquivalentTo(["waiting", "prioritized", "delayed"]));
    }

    [Test]
    public async Task After_failures_they_stay_paused_until_workers_resume()
    {
        gated = await GatedSite.LoadAsync("--rows", "300", "--tenants", "3", "--corrupt", "2");
        await gated.Application.PauseAsync(GatedSite.Other);

        var failed = (await Site.RunAsync("rotate", "--pause-workers")).Exits(3);

        Assert.That(
            failed.Output,
            Does.Contain("stay paused: bullmq/sync-connector").And.Contain("workers resume")
        );
        Assert.That((await Site.RunAsync("status")).Exits(0).Output, Does.Contain("bullmq/sync-connector"));
        Assert.That(await gated.PausedAsync(), Has.Count.EqualTo(2));

        var resumed = (await Site.RunAsync("workers", "resume")).Exits(0);

        Assert.That(resumed.Output, Does.Contain("Resumed: bullmq/sync-connector"));
        Assert.That(await gated.PausedAsync(), Is.EqualTo([GatedSite.Other]));
        Assert.That((await Site.RunAsync("status")).Exits(0).Output, Does.Not.Contain("stay paused"));
    }

    [Test]
    public async Task After_a_crash_they_stay_paused_and_the_next_run_resumes_them()
    {
        gated = await GatedSite.LoadAsync("--rows", "1000", "--tenants", "3");
        await gated.Database.ExecuteAsync(SlowRows);
        await using (var run = await StartAsync("--pause-workers"))
            run.Kill();

        Assert.That(await gated.PausedAsync(), Has.Count.EqualTo(2));
        Assert.That((await Site.RunAsync("status")).Exits(0).Output, Does.Contain("bullmq/sync-connector"));
        await gated.Database.ExecuteAsync("DROP TRIGGER slow ON knowledge_entries");
        (await Site.RunAsync("rotate", "--pause-workers")).Exits(0);

        Assert.That(await gated.PausedAsync(), Is.Empty);
    }

    [Test]
    public async Task A_queue_that_is_resumed_in_mid_rotation_stops_it_until_it_is_paused_again()
    {
        gated = await GatedSite.LoadAsync("--rows", "1500", "--tenants", "3");
        await gated.Database.ExecuteAsync(SlowRows);
        await gated.PauseAsync();
        await using var run = await StartAsync("--workers", "1");

        await gated.Application.ResumeAsync(GatedSite.Queue);
        await Eventually.Holds(
            async () => await StateAsync() == "AwaitingGates",
            TimeSpan.FromMinutes(1),
            "dispatching stops"
        );
        Assert.That(
            await gated.Database.ScalarAsync<string>("SELECT reason FROM rotationmesh.rotations"),
            Does.Contain("gate bullmq: not paused: sync-connector")
        );
        await gated.Application.PauseAsync(GatedSite.Queue);
        await Eventually.Holds(
            async () => await StateAsync() != "AwaitingGates",
            TimeSpan.FromMinutes(1),
            "it goes on by itself"
        );

        (await Site.EndAsync(run)).Exits(0);
        Assert.That(await gated.Database.RowsAsync("encryption_key_version <> 2"), Is.Zero);
    }

    [Test]
    public async Task An_operator_pauses_and_resumes_by_hand()
    {
        gated = await GatedSite.LoadAsync("--rows", "300", "--tenants", "3");
        await gated.Application.PauseAsync(GatedSite.Other);

        var paused = (await Site.RunAsync("workers", "pause")).Exits(0);
        Assert.That(paused.Output, Does.Contain("Paused: bullmq/sync-connector"));
        Assert.That(paused.Output, Does.Not.Contain("bullmq/knowledge-retention"));
        (await Site.RunAsync("rotate", "--pause-workers")).Exits(0);
        Assert.That(
            await gated.PausedAsync(),
            Has.Count.EqualTo(2),
            "the operator paused one, the application the other"
        );

        (await Site.RunAsync("workers", "resume")).Exits(0);
        Assert.That(await gated.PausedAsync(), Is.EqualTo([GatedSite.Other]));
    }

    [Test]
    public async Task Where_its_pause_is_not_enough_it_says_what_stays_paused()
    {
        gated = await GatedSite.LoadAsync("--rows", "300", "--tenants", "3");
        Site.Map += "\n  snapshot: { maxAge: 24h }";

        var refused = (await Site.RunAsync("rotate", "--pause-workers")).Exits(4);

        Assert.That(
            refused.Error,
            Does.Contain("gate snapshot").And.Contain("stay paused: knowledge-retention, sync-connector")
        );
        (await Site.RunAsync("workers", "resume")).Exits(0);
        Assert.That(await gated.PausedAsync(), Is.Empty);
    }

    [Test]
    public async Task A_pause_that_Redis_refuses_pauses_nothing_and_says_so()
    {
        await using var primary = await RedisServer.StartAsync();
        await using var replica = await RedisServer.StartAsync($"replicaof 127.0.0.1 {primary.Port}");
        gated = await GatedSite.LoadFromAsync(primary.Url, "--rows", "300", "--tenants", "3");
        Site.Variables["REDIS_URL"] = replica.Url;
        await Eventually.Holds(
            async () => (await Site.RunAsync("workers", "status")).ExitCode == 0,
            Deadline,
            "the queues have come to the replica"
        );

        var refused = await RefusedAsync("rotate", "--pause-workers");
        var asked = await RefusedAsync("workers", "pause");

        Assert.That(refused, Does.Contain("primary").And.Not.Contain("stay paused"));
        Assert.That(asked, Does.Contain("READONLY"));
        Assert.That(
            await gated.Database.ScalarAsync<long>("SELECT count(*) FROM rotationmesh.paused_queues"),
            Is.Zero
        );
        Site.Variables["REDIS_URL"] = primary.Url;
        (await Site.RunAsync("rotate", "--pause-workers")).Exits(0);
    }

    // A replica of a busy machine may lose its primary for a moment, and then has no queues until it has copied them again.
    private async Task<string> RefusedAsync(params string[] verb)
    {
        var said = "";
        await Eventually.Holds(
            async () =>
            {
                said = (await Site.RunAsync(verb)).Exits(4).Error;
                return said.Contains("READONLY", StringComparison.Ordinal);
            },
            Deadline,
            "the replica refuses it"
        );
        return said;
    }

    private Task<string?> StateAsync() =>
        gated.Database.ScalarAsync<string>("SELECT state FROM rotationmesh.rotations");

    private async Task<ProcessRun> StartAsync(params string[] options)
    {
        var run = Site.Command(["rotate", "--batch-size", "10", .. options]).Start();
        await Eventually.Holds(
            async () => await gated.Database.RowsAsync("encryption_key_version = 2") > 0,
            Deadline,
            "the first rows are rotated"
        );
        return run;
    }
}
