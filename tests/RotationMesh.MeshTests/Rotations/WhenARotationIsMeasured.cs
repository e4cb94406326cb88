using NUnit.Framework;
using RotationMesh.Contracts;
using RotationMesh.MeshTests.Support;
using RotationMesh.Sample;
using RotationMesh.TestKit;
using RotationMesh.Working;

namespace RotationMesh.MeshTests.Rotations;

/// <summary>Alerts look at the state of a rotation: one that goes wrong must not vanish as one that went well does.</summary>
[TestFixture]
internal sealed class WhenARotationIsMeasured
{
    private const string State = "rotationmesh.rotation.state";

    [Test]
    public async Task One_that_pauses_itself_is_paused_by_the_mesh_and_then_by_an_operator()
    {
        await using var world = await SampleWorld.LoadAsync(new SampleOptions { Rows = 2000, Tenants = 4 });
        await world.Database.ExecuteAsync(
            """
            UPDATE knowledge_entries SET content = 'not an envelope'
            WHERE id IN (SELECT id FROM knowledge_entries ORDER BY id LIMIT 300)
            """
        );
        using var metrics = new HeardMetrics();
        await using var mesh = await RunningMesh.StartAsync(world, new WorkerOptions { Concurrency = 1 });

        await UntilAsync(metrics, mesh.Id, "Paused", "mesh");
        await mesh.ControlAsync(new CancelRotation(mesh.Id, "ann"));
        await UntilAsync(metrics, mesh.Id, "Cancelled", "operator");
    }

    [Test]
    public async Task One_that_an_operator_pauses_is_paused_by_that_and_its_end_is_told_for_a_day()
    {
        await using var world = await SampleWorld.LoadAsync(new SampleOptions { Rows = 500, Tenants = 5 });
        using var metrics = new HeardMetrics();
        using var turnstile = new Turnstile();
        await using var mesh = await RunningMesh.StartAsync(world, turnstile.Worker, window: 1);

        await turnstile.Reached;
        await mesh.ControlAsync(new PauseRotation(mesh.Id, "ann"));
        await UntilAsync(metrics, mesh.Id, "Paused", "operator");
        turnstile.Open();
        await mesh.ControlAsync(new ResumeRotation(mesh.Id, "ann"));
        await UntilAsync(metrics, mesh.Id, "Completed", "mesh");
        await world.Database.ExecuteAsync(
            "UPDATE rotationmesh.rotations SET ended_at = ended_at - interval '25 hours'"
        );

        await Eventually.Holds(
            () => Task.FromResult(Ask(metrics, mesh.Id).Count == 0),
            TimeSpan.FromSeconds(30),
            "it is told no longer"
        );
    }

    [Test]
    public async Task One_that_is_left_alone_is_told_as_such()
    {
        await using var world = await SampleWorld.LoadAsync(new SampleOptions { Rows = 500, Tenants = 5 });
        using var metrics = new HeardMetrics();
        using var turnstile = new Turnstile();
        await using var mesh = await RunningMesh.StartAsync(world, turnstile.Worker, window: 1);

        await turnstile.Reached;
        await mesh.UntilAsync("Rotating");
        await world.Database.ExecuteAsync("UPDATE rotationmesh.rotations SET seal = NULL");

        await UntilAsync(metrics, mesh.Id, "Unsound", "mesh");
    }

    // One series each: an alert must not see two states of it.
    private static Task UntilAsync(HeardMetrics metrics, Guid rotation, string state, string actor) =>
        Eventually.Holds(
            () =>
                Task.FromResult(
                    Ask(metrics, rotation) is [var only]
                        && only.Is(State, ("rotationmesh.state", state), ("rotationmesh.actor", actor))
                ),
            TimeSpan.FromSeconds(60),
            $"it is measured as {state} by {actor}"
        );

    private static IReadOnlyList<HeardMetric> Ask(HeardMetrics metrics, Guid rotation) =>
        metrics.Ask(State, ("rotationmesh.rotation", $"{rotation}"));
}
