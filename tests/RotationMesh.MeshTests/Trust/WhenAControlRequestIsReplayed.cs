using NUnit.Framework;
using RotationMesh.Contracts;
using RotationMesh.Core;
using RotationMesh.LocalOperations.Operating;
using RotationMesh.LocalOperations.Requests;
using RotationMesh.MeshTests.Support;
using RotationMesh.Operations;
using RotationMesh.Sample;
using RotationMesh.TestKit;
using RotationMesh.Working;

namespace RotationMesh.MeshTests.Trust;

/// <summary>What an operator asked is heard once, whoever keeps it and puts it there again.</summary>
[TestFixture]
internal sealed class WhenAControlRequestIsReplayed
{
    private static readonly SampleOptions Small = new() { Rows = 1500, Tenants = 5 };
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Test]
    public async Task A_sealed_request_that_is_inserted_again_changes_nothing()
    {
        await using var world = await SampleWorld.LoadAsync(Small);
        using var turnstile = new Turnstile();
        await using var mesh = await RunningMesh.StartAsync(world, turnstile.Worker, window: 1);
        await turnstile.Reached;
        var rotations = new ControlRotations(world.Parts.Map, () => world.Parts.Ring, world.Parts.Control);
        foreach (var action in new[] { ControlAction.Pause, ControlAction.Resume })
            await rotations.ControlAsync(
                mesh.Id,
                new ControlOrder { Action = action, RequestedBy = "ann" },
                CancellationToken.None
            );
        await mesh.UntilAsync("Rotating");

        await world.Database.ExecuteAsync(
            """
            INSERT INTO rotationmesh.requests (rotation_id, kind, message, asked_at, seal)
            SELECT rotation_id, kind, message, asked_at, seal FROM rotationmesh.requests WHERE kind = 'PauseRotation'
            """
        );
        await Eventually.Holds(
            async () =>
                await world.Database.ScalarAsync<long>(
                    "SELECT count(*) FROM rotationmesh.requests WHERE kind = 'PauseRotation' AND sent_at IS NOT NULL"
                ) == 2,
            Deadline,
            "the copy is passed on"
        );

        await EndsUndisturbedAsync(mesh, turnstile);
    }

    [Test]
    public async Task A_message_that_is_sent_again_changes_nothing()
    {
        await using var world = await SampleWorld.LoadAsync(Small);
        using var turnstile = new Turnstile();
        await using var mesh = await RunningMesh.StartAsync(world, turnstile.Worker, window: 1);
        await turnstile.Reached;
        var pause = new PauseRotation(mesh.Id, "ann");
        await mesh.ControlAsync(pause);
        await mesh.UntilAsync("Paused");
        await mesh.ControlAsync(new ResumeRotation(mesh.Id, "ann"));
        await mesh.UntilAsync("Rotating");

        await mesh.ControlAsync(pause);

        await EndsUndisturbedAsync(mesh, turnstile);
    }

    [Test]
    public async Task A_retry_that_is_sent_again_begins_no_sweep()
    {
        await using var world = await SampleWorld.LoadAsync(Small);
        await world.Database.ExecuteAsync(
            "UPDATE knowledge_entries SET content = 'not an envelope' WHERE id = (SELECT min(id) FROM knowledge_entries)"
        );
        await using var mesh = await RunningMesh.StartAsync(world, new WorkerOptions());
        await mesh.UntilAsync("CompletedWithFailures");
        var retry = new RetryRotation(mesh.Id, [], [], [], "ann");
        await mesh.ControlAsync(retry);
        await mesh.UntilAsync(
            now => now is { Sweep: 2, State: "CompletedWithFailures", Concluded: true },
            "the retry ends"
        );

        await mesh.ControlAsync(retry);
        await mesh.ControlAsync(new RetryRotation(mesh.Id, [], [], [], "ben"));
        await mesh.UntilAsync(
            now => now is { Sweep: 3, State: "CompletedWithFailures", Concluded: true },
            "another operator's retry ends"
        );

        Assert.That(
            await world.Database.ScalarAsync<long>(
                "SELECT count(*) FROM rotationmesh.audit_events WHERE actor = 'ann' AND kind = 'StateChanged'"
            ),
            Is.EqualTo(1)
        );
    }

    [Test]
    public async Task What_was_kept_until_others_were_heard_for_long_changes_nothing()
    {
        await using var world = await SampleWorld.LoadAsync(Small);
        using var turnstile = new Turnstile();
        await using var mesh = await RunningMesh.StartAsync(world, turnstile.Worker, window: 1);
        await turnstile.Reached;
        await mesh.ControlAsync(new ResumeRotation(mesh.Id, "ann"));
        await mesh.UntilAsync(now => now.Steerings.Length == 1, "it is heard");

        await mesh.ControlAsync(
            new PauseRotation(
                mesh.Id,
                "ben",
                Asking.Now() with
                {
                    At = DateTimeOffset.UtcNow - TimeSpan.FromMinutes(30),
                }
            )
        );

        await EndsUndisturbedAsync(mesh, turnstile);
    }

    [Test]
    public async Task Operators_whose_clocks_differ_are_both_heard()
    {
        await using var world = await SampleWorld.LoadAsync(Small);
        using var turnstile = new Turnstile();
        await using var mesh = await RunningMesh.StartAsync(world, turnstile.Worker, window: 1);
        await turnstile.Reached;
        await mesh.ControlAsync(new PauseRotation(mesh.Id, "ann"));
        await mesh.UntilAsync("Paused");

        await mesh.ControlAsync(
            new ResumeRotation(
                mesh.Id,
                "ben",
                Asking.Now() with
                {
                    At = DateTimeOffset.UtcNow - TimeSpan.FromMinutes(3),
                }
            )
        );

        await EndsUndisturbedAsync(mesh, turnstile);
    }

    [Test]
    public async Task What_does_not_say_when_it_was_asked_changes_nothing()
    {
        await using var world = await SampleWorld.LoadAsync(Small);
        using var turnstile = new Turnstile();
        await using var mesh = await RunningMesh.StartAsync(world, turnstile.Worker, window: 1);
        await turnstile.Reached;

        await mesh.ControlAsync(new PauseRotation(mesh.Id, "ann", Asked: null));

        await EndsUndisturbedAsync(mesh, turnstile);
    }

    [Test]
    public async Task A_request_from_a_clock_that_is_far_ahead_is_refused_with_the_reason()
    {
        await using var world = await SampleWorld.LoadAsync(Small);
        using var turnstile = new Turnstile();
        await using var mesh = await RunningMesh.StartAsync(world, turnstile.Worker, window: 1);
        await turnstile.Reached;
        var ahead = DateTimeOffset.UtcNow + TimeSpan.FromHours(1);
        var request = RequestSeals.Ask(
            world.Parts.Ring,
            mesh.Id,
            new PauseRotation(mesh.Id, "ann", Asking.Now() with { At = ahead }),
            traceParent: null,
            ahead
        );

        await new Control.Rotations.RequestStore(world.Parts.Control).AddAsync(
            request,
            CancellationToken.None
        );

        await Eventually.Holds(
            async () =>
                await world.Database.ScalarAsync<string>("SELECT max(refused_for) FROM rotationmesh.requests")
                    is { } refusal
                && refusal.Contains("clock", StringComparison.Ordinal),
            Deadline,
            "it is refused"
        );
        await EndsUndisturbedAsync(mesh, turnstile);
    }

    [TestCase(0.5)]
    [TestCase(25)]
    public async Task A_request_that_comes_too_late_is_refused_and_status_says_why(double hours)
    {
        await using var world = await SampleWorld.LoadAsync(Small);
        using var turnstile = new Turnstile();
        await using var mesh = await RunningMesh.StartAsync(world, turnstile.Worker, window: 1);
        await turnstile.Reached;
        await mesh.ControlAsync(new ResumeRotation(mesh.Id, "ann"));
        await mesh.UntilAsync(now => now.Steerings.Length == 1, "it is heard");
        var asked = DateTimeOffset.UtcNow - TimeSpan.FromHours(hours);
        var request = RequestSeals.Ask(
            world.Parts.Ring,
            mesh.Id,
            new PauseRotation(mesh.Id, "ben", Asking.Now() with { At = asked }),
            traceParent: null,
            asked
        );

        await new Control.Rotations.RequestStore(world.Parts.Control).AddAsync(
            request,
            CancellationToken.None
        );

        var rotations = new ControlRotations(world.Parts.Map, () => world.Parts.Ring, world.Parts.Control);
        await Eventually.Holds(
            async () =>
                (await rotations.FindAsync(mesh.Id, CancellationToken.None)).RefusedRequests
                    is [{ Action: "pause", RequestedBy: "ben" } refused]
                && refused.Reason.StartsWith(Reasons.AskedTooLongAgo, StringComparison.Ordinal),
            Deadline,
            "it is refused"
        );
        await EndsUndisturbedAsync(mesh, turnstile);
    }

    // Paused, it would not end.
    private static async Task EndsUndisturbedAsync(RunningMesh mesh, Turnstile turnstile)
    {
        await mesh.ControlAsync(new RotationStalled(mesh.Id, "all were heard"));
        await mesh.UntilAsync(
            now => now.Reason == "all were heard" || now.State == "Paused",
            "what was sent is heard"
        );
        turnstile.Open();
        await mesh.UntilAsync("Completed");
    }
}
