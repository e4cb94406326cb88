using RotationMesh.TestKit;
using RotationMesh.TestKit.Redis;

namespace RotationMesh.CliTests.Gates;

/// <summary>What gates do before the first row is written.</summary>
public sealed class GateAtStartTests
{
    private GatedSite gated = null!;

    private Site Site => gated.Site;

    [SetUp]
    public async Task Load() => gated = await GatedSite.LoadAsync("--rows", "300", "--tenants", "3");

    [TearDown]
    public async Task Drop() => await gated.DisposeAsync();

    [Test]
    public async Task Workers_that_are_not_paused_stop_it_with_exit_code_4_and_nothing_is_written()
    {
        var bytes = await gated.Database.BytesAsync();

        var refused = (await Site.RunAsync("rotate")).Exits(4);

        Assert.That(
            refused.Error,
            Does.Contain("gate bullmq: not paused: sync-connector, knowledge-retention")
        );
        Assert.That(refused.Error, Does.Contain("--pause-workers"));
        Assert.That(await gated.Database.BytesAsync(), Is.EqualTo(bytes));
        Assert.That(await gated.Database.HasControlSchemaAsync(), Is.False);
        var doctor = (await Site.RunAsync("doctor")).Exits(4);
        Assert.That(doctor.Output, Does.Contain("gate bullmq: not paused"));
    }

    [Test]
    public async Task A_job_that_runs_when_the_queue_is_paused_is_waited_for()
    {
        await gated.Application.AddAsync(GatedSite.Queue, new Job("long", Ms: 3_000));
        await gated.Application.WorkAsync(GatedSite.Queue);
        await Eventually.Holds(
            () => Task.FromResult(gated.Application.Started.Count == 1),
            TimeSpan.FromSeconds(20),
            "the job runs"
        );
        await gated.PauseAsync();
        Assert.That(gated.Application.Ended, Is.Empty);

        (await Site.RunAsync("rotate")).Exits(0);

        Assert.That(gated.Application.Ended, Is.EqualTo(["long"]));
        Assert.That(await gated.PausedAsync(), Has.Count.EqualTo(2), "they were paused before");
        (await Site.RunAsync("doctor")).Exits(0);
    }

    [Test]
    public async Task A_gate_is_ignored_by_its_name_and_for_a_reason()
    {
        var near = (await Site.RunAsync("rotate", "--ignore-gate", "bulmq", "--reason", "x")).Refusal();
        Assert.That(near, Does.Contain("no gate 'bulmq'").And.Contain("'bullmq'").And.Contain("workers"));
        (await Site.RunAsync("rotate", "--ignore-gate", "bullmq")).Exits(2);

        (await Site.RunAsync("rotate", "--ignore-gate", "workers", "--reason", "maintenance window")).Exits(
            0
        );

        Assert.That(await gated.Database.RowsAsync("encryption_key_version <> 2"), Is.Zero);
        Assert.That(
            await gated.Database.ScalarAsync<string>(
                "SELECT ignored_gates->0->>'Reason' FROM rotationmesh.rotations"
            ),
            Is.EqualTo("maintenance window")
        );
        var shown = (await Site.RunAsync("--output", "json", "status")).Exits(0).Json();
        Assert.That(
            shown["ignoredGates"]!.AsArray().Select(gate => (string)gate!),
            Has.One.EqualTo("workers")
        );
    }

    [Test]
    public async Task Redis_that_is_away_stops_it_and_no_password_is_shown()
    {
        Site.Variables["REDIS_URL"] = "redis://:correct-horse@127.0.0.1:1";

        var refused = (await Site.RunAsync("rotate")).Exits(4);

        Assert.That(refused.Error, Does.Contain("gate bullmq: Redis cannot be reached"));
        Assert.That(refused.ToString(), Does.Not.Contain("correct-horse"));
    }

    [Test]
    public async Task A_snapshot_is_told_by_the_operator_where_the_map_has_no_source()
    {
        await gated.PauseAsync();
        Site.Map += "\n  snapshot: { maxAge: 24h }";
        var old = DateTimeOffset.UtcNow.AddHours(-25).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'");
        var recent = DateTimeOffset.UtcNow.AddHours(-1).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'");

        (await Site.RunAsync("rotate")).Exits(4);
        (await Site.RunAsync("rotate", "--snapshot-taken-at", old)).Exits(4);
        (await Site.RunAsync("rotate", "--snapshot-taken-at", "yesterday")).Exits(2);
        (await Site.RunAsync("rotate", "--snapshot-taken-at", recent)).Exits(0);

        Assert.That(
            await gated.Database.ScalarAsync<DateTime>(
                "SELECT snapshot_taken_at FROM rotationmesh.rotations"
            ),
            Is.EqualTo(DateTime.UtcNow.AddHours(-1)).Within(TimeSpan.FromMinutes(3))
        );
    }
}
