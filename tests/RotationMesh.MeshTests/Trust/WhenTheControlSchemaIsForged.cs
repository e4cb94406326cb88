using NUnit.Framework;
using RotationMesh.Contracts;
using RotationMesh.Control.Rotations;
using RotationMesh.Core;
using RotationMesh.LocalOperations.Operating;
using RotationMesh.MeshTests.Support;
using RotationMesh.Operations;
using RotationMesh.Operations.Documents;
using RotationMesh.Sample;
using RotationMesh.TestKit;
using RotationMesh.Working;

namespace RotationMesh.MeshTests.Trust;

/// <summary>By somebody who may write to the control schema and has no key.</summary>
[TestFixture]
internal sealed class WhenTheControlSchemaIsForged
{
    private static readonly SampleOptions Small = new() { Rows = 1500, Tenants = 5 };

    [TestCase("target_version = 1, target_fingerprint = repeat('a', 16), allow_downgrade = true")]
    [TestCase("allow_downgrade = true")]
    [TestCase("scopes = '{connectors}'")]
    [TestCase("state = 'Verifying'")]
    [TestCase("state = 'Cancelled'")]
    [TestCase("steerings = '{x}'")]
    [TestCase("settled_sweep = sweep")]
    [TestCase("ignored_gates = '[{\"Gate\": \"workers\", \"Reason\": \"none\"}]'")]
    [TestCase("seal = NULL")]
    public async Task A_rotation_that_somebody_changes_goes_no_further_and_can_be_cancelled(string change)
    {
        await using var world = await SampleWorld.LoadAsync(Small);
        using var turnstile = new Turnstile();
        await using var mesh = await RunningMesh.StartAsync(world, turnstile.Worker, window: 1);
        await turnstile.Reached;
        await mesh.UntilAsync("Rotating");

        await world.Database.ExecuteAsync($"UPDATE rotationmesh.rotations SET {change}");
        await mesh.UntilAsync(now => now.Reason == RotationSeals.Fault, "its operator is told");
        turnstile.Open();
        await Eventually.Holds(
            async () => (await mesh.LedgerAsync()).Sum(sweep => sweep.Done) == 1,
            TimeSpan.FromSeconds(30),
            "the partition in hand ends"
        );
        var rotated = await world.AtVersionAsync(2);
        await mesh.ControlAsync(new NudgeRotation(mesh.Id));
        var rotations = new ControlRotations(world.Parts.Map, () => world.Parts.Ring, world.Parts.Control);
        Assert.ThrowsAsync<RotationStateException>(() =>
            rotations.ControlAsync(
                mesh.Id,
                new ControlOrder { Action = ControlAction.Pause, RequestedBy = "ann" },
                CancellationToken.None
            )
        );
        await rotations.ControlAsync(
            mesh.Id,
            new ControlOrder { Action = ControlAction.Cancel, RequestedBy = "ann" },
            CancellationToken.None
        );

        await mesh.UntilAsync(now => now is { State: "Cancelled", Concluded: true }, "it is cancelled");
        Assert.That(await world.AtVersionAsync(2), Is.EqualTo(rotated));
    }

    [TestCase("Completed")]
    [TestCase("CompletedWithFailures")]
    [TestCase("Faulted")]
    public async Task An_end_that_somebody_writes_gets_no_seal_from_a_cancel_that_comes_again(string end)
    {
        await using var world = await SampleWorld.LoadAsync(Small);
        using var turnstile = new Turnstile();
        await using var mesh = await RunningMesh.StartAsync(world, turnstile.Worker, window: 1);
        await turnstile.Reached;
        await CancelAsync(world, mesh);
        turnstile.Open();
        await mesh.UntilAsync(now => now is { State: "Cancelled", Concluded: true }, "it is cancelled");
        await world.Database.ExecuteAsync(
            $"""
            UPDATE rotationmesh.rotations
            SET state = '{end}', target_version = 1, target_fingerprint = '{world.Parts.Ring.Keys.First().Fingerprint}',
                allow_downgrade = true;
            INSERT INTO rotationmesh.requests (rotation_id, kind, message, asked_at, seal)
            SELECT rotation_id, kind, message, asked_at, seal FROM rotationmesh.requests
            """
        );
        await Eventually.Holds(
            async () =>
                await world.Database.ScalarAsync<long>(
                    "SELECT count(*) FROM rotationmesh.requests WHERE sent_at IS NOT NULL"
                ) == 2,
            TimeSpan.FromSeconds(30),
            "the copy is passed on"
        );
        var another = await mesh.StartAnotherAsync();
        await mesh.UntilAsync(another, now => now.State == "Completed", "the saga hears what comes after it");

        var forged = await mesh.NowAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(forged!.State, Is.EqualTo(end));
            Assert.That(RotationSeals.IsSound(world.Parts.Ring, forged), Is.False);
        }
    }

    [Test]
    public async Task A_rotation_that_somebody_changed_and_that_was_cancelled_can_do_no_more()
    {
        await using var world = await SampleWorld.LoadAsync(Small);
        using var turnstile = new Turnstile();
        await using var mesh = await RunningMesh.StartAsync(world, turnstile.Worker, window: 1);
        await turnstile.Reached;
        await mesh.UntilAsync("Rotating");
        await world.Database.ExecuteAsync(
            $"""
            UPDATE rotationmesh.rotations
            SET target_version = 1, target_fingerprint = '{world.Parts.Ring.Keys.First().Fingerprint}', allow_downgrade = true
            """
        );
        await CancelAsync(world, mesh);
        turnstile.Open();
        await mesh.UntilAsync(now => now is { State: "Cancelled", Concluded: true }, "it is cancelled");
        var another = await mesh.StartAnotherAsync();
        await mesh.UntilAsync(another, now => now.State == "Completed", "all is rotated by another");

        await mesh.ControlAsync(new RetryRotation(mesh.Id, [], [], [], "ann"));
        await mesh.ControlAsync(new ResumeRotation(mesh.Id, "ann"));
        await mesh.ControlAsync(mesh.Order(mesh.Id, []));
        await mesh.UntilAsync(now => now.Steerings.Length == 3, "what was asked is heard");

        var rotations = new ControlRotations(world.Parts.Map, () => world.Parts.Ring, world.Parts.Control);
        foreach (
            var action in new[]
            {
                ControlAction.Retry,
                ControlAction.Resume,
                ControlAction.Pause,
                ControlAction.Cancel,
            }
        )
            Assert.ThrowsAsync<RotationStateException>(() =>
                rotations.ControlAsync(
                    mesh.Id,
                    new ControlOrder { Action = action, RequestedBy = "ann" },
                    CancellationToken.None
                )
            );
        using (Assert.EnterMultipleScope())
        {
            Assert.That((await mesh.NowAsync())!.State, Is.EqualTo("Cancelled"));
            Assert.That(
                await world.AtVersionAsync(1),
                Is.Zero,
                "nothing goes to the version that was written in"
            );
        }
    }

    [Test]
    public async Task A_rotation_that_has_ended_is_not_brought_back()
    {
        await using var world = await SampleWorld.LoadAsync(Small);
        await using var mesh = await RunningMesh.StartAsync(world, new WorkerOptions());
        await mesh.UntilAsync("Completed");
        await world.Database.ExecuteAsync(
            """
            UPDATE knowledge_entries SET encryption_key_version = 1 WHERE id = (SELECT min(id) FROM knowledge_entries);
            UPDATE rotationmesh.rotations SET state = 'Rotating', concluded = false, settled_sweep = 0, verified_sweep = 0
            """
        );

        await mesh.UntilAsync(now => now.Reason == RotationSeals.Fault, "its operator is told");

        Assert.That((await mesh.NowAsync())!.State, Is.EqualTo("Rotating"), "nobody goes on with it");
    }

    [Test]
    public async Task A_census_and_totals_that_somebody_writes_end_no_rotation()
    {
        await using var world = await SampleWorld.LoadAsync(Small);
        using var turnstile = new Turnstile();
        await using var mesh = await RunningMesh.StartAsync(world, turnstile.Worker, window: 1);
        await turnstile.Reached;
        await mesh.UntilAsync("Rotating");
        await world.Database.ExecuteAsync(
            """
            UPDATE rotationmesh.rotations
            SET census = jsonb_build_object('Sweep', sweep, 'PendingRows', 0),
                summary = jsonb_build_object('Verified', 1500, 'Tables', '[]'::jsonb, 'Sweep', sweep, 'Cancelled', false, 'Rules', 6,
                                             'FailedPartitions', 0)
            """
        );

        await mesh.ControlAsync(new SweepSettled(mesh.Id, 1));
        await mesh.ControlAsync(new RowsCounted(mesh.Id));
        await mesh.ControlAsync(new VerificationSettled(mesh.Id, 1));
        await mesh.ControlAsync(new RotationConcluded(mesh.Id));
        await mesh.ControlAsync(new RotationStalled(mesh.Id, "all were heard"));
        await mesh.UntilAsync(now => now.Reason == "all were heard", "the last message is handled");

        Assert.That((await mesh.NowAsync())!.State, Is.EqualTo("Rotating"));
        turnstile.Open();
        await mesh.UntilAsync("Completed");
        Assert.That(await world.AtVersionAsync(1), Is.Zero);
    }

    private static Task<RotationDocument> CancelAsync(SampleWorld world, RunningMesh mesh) =>
        new ControlRotations(world.Parts.Map, () => world.Parts.Ring, world.Parts.Control).ControlAsync(
            mesh.Id,
            new ControlOrder { Action = ControlAction.Cancel, RequestedBy = "ann" },
            CancellationToken.None
        );
}
