using NUnit.Framework;
using RotationMesh.Contracts;
using RotationMesh.MeshTests.Support;
using RotationMesh.Sample;
using RotationMesh.TestKit;
using RotationMesh.Working;

namespace RotationMesh.MeshTests.Rotations;

[TestFixture]
internal sealed class WhenAnOperatorControls
{
    private static readonly SampleOptions Small = new() { Rows = 1500, Tenants = 5 };

    [Test]
    public async Task A_pause_lets_the_partition_in_hand_end_and_a_resume_goes_on()
    {
        await using var world = await SampleWorld.LoadAsync(Small);
        using var turnstile = new Turnstile();
        await using var mesh = await RunningMesh.StartAsync(world, turnstile.Worker, window: 1);

        await turnstile.Reached;
        await mesh.ControlAsync(new PauseRotation(mesh.Id, "ann"));
        await mesh.UntilAsync("Paused");
        turnstile.Open();
        await Eventually.Holds(
            async () => (await mesh.LedgerAsync()).Sum(sweep => sweep.Done) == 1,
            TimeSpan.FromSeconds(30),
            "the partition in hand ends"
        );
        var paused = await mesh.NowAsync();
        await mesh.ControlAsync(new ResumeRotation(mesh.Id, "ann"));
        await mesh.UntilAsync("Completed");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(paused!.State, Is.EqualTo("Paused"));
            Assert.That(paused.Reason, Is.EqualTo("paused by ann"));
            Assert.That(await world.AtVersionAsync(1), Is.Zero);
        }
    }

    [Test]
    public async Task A_cancel_keeps_what_is_done_and_takes_no_more()
    {
        await using var world = await SampleWorld.LoadAsync(Small);
        using var turnstile = new Turnstile();
        await using var mesh = await RunningMesh.StartAsync(world, turnstile.Worker, window: 1);

        await turnstile.Reached;
        await mesh.ControlAsync(new CancelRotation(mesh.Id, "ann"));
        await mesh.UntilAsync("Cancelled");
        var early = (await mesh.NowAsync())!.Concluded;
        turnstile.Open();
        await mesh.UntilAsync(now => now.Concluded, "the totals are written");

        var ledger = await mesh.LedgerAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(early, Is.False, "a partition was still in hand");
            Assert.That(ledger.Sum(sweep => sweep.Done), Is.EqualTo(1));
            Assert.That(await world.AtVersionAsync(1), Is.GreaterThan(0));
            Assert.That(await world.AtVersionAsync(2), Is.EqualTo(ledger.Sum(sweep => sweep.Counts.Rotated)));
        }
    }

    [Test]
    public async Task A_retry_rotates_the_rows_that_were_repaired()
    {
        await using var world = await SampleWorld.LoadAsync(Small);
        await world.Database.ExecuteAsync(
            """
            CREATE TABLE kept AS SELECT id, content FROM knowledge_entries ORDER BY id LIMIT 10;
            UPDATE knowledge_entries e SET content = 'not an envelope' FROM kept WHERE kept.id = e.id
            """
        );
        await using var mesh = await RunningMesh.StartAsync(world, new WorkerOptions());
        await mesh.UntilAsync("CompletedWithFailures");

        await world.Database.ExecuteAsync(
            "UPDATE knowledge_entries e SET content = kept.content FROM kept WHERE kept.id = e.id"
        );
        await mesh.ControlAsync(new RetryRotation(mesh.Id, [], [], [], "ann"));
        await mesh.UntilAsync("Completed");

        var sweeps = await mesh.LedgerAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(await world.AtVersionAsync(1), Is.Zero);
            Assert.That(
                sweeps.Single(sweep => sweep.Key is { Sweep: 2, Phase: 0 }).Counts.Rotated,
                Is.EqualTo(10)
            );
            Assert.That(
                await world.Database.ScalarAsync<long>("SELECT count(*) FROM rotationmesh.row_failures"),
                Is.Zero
            );
        }
    }

    [Test]
    public async Task A_second_rotation_of_the_same_rows_is_refused_with_the_first_one_s_id()
    {
        await using var world = await SampleWorld.LoadAsync(Small);
        using var turnstile = new Turnstile();
        await using var first = await RunningMesh.StartAsync(world, turnstile.Worker, window: 1);
        await turnstile.Reached;

        await using var second = await RunningMesh.StartAsync(world, new WorkerOptions(), embedded: true);
        await second.UntilAsync("Faulted");
        turnstile.Open();

        Assert.That((await second.NowAsync())!.Reason, Does.Contain(first.Id.ToString()));
    }
}
