using NUnit.Framework;
using RotationMesh.Control.Guards;
using RotationMesh.Embedding;
using RotationMesh.LocalOperations;
using RotationMesh.LocalOperations.Operating;
using RotationMesh.MeshTests.Support;
using RotationMesh.Operations;
using RotationMesh.Operations.Documents;
using RotationMesh.Sample;

namespace RotationMesh.MeshTests.Faults;

[TestFixture]
internal sealed class WhenAProcessIsGone
{
    [Test]
    public async Task The_next_one_with_the_same_request_goes_on_under_the_same_id()
    {
        await using var world = await SampleWorld.LoadAsync(new SampleOptions { Rows = 1500, Tenants = 5 });
        var abandoned = await AbandonAsync(world);

        // What a process that is killed leaves: partitions with workers that are no more, for an hour.
        await world.Database.ExecuteAsync(
            """
            UPDATE rotationmesh.partitions
            SET state = 'dispatched', attempt = attempt + 1, lease_until = now() + interval '1 hour' WHERE state = 'pending'
            """
        );
        var report = await new EmbeddedMesh(world.Parts, new RotationProgress()).RunAsync(
            world.Order with
            {
                RequestedBy = "bob",
            },
            workers: 2,
            CancellationToken.None
        );
        var ended = await Rotations(world).FindAsync(abandoned, CancellationToken.None);

        using (Assert.EnterMultipleScope())
        {
            Assert.That((report.RotationId, ended.RequestedBy), Is.EqualTo((abandoned, "bob")));
            Assert.That(report.State, Is.EqualTo("Completed"));
            Assert.That(await world.AtVersionAsync(1), Is.Zero);
            Assert.That(report.Tables.Sum(table => table.Rotated), Is.EqualTo(await world.AtVersionAsync(2)));
        }
    }

    [Test]
    public async Task A_run_that_is_stopped_is_cancelled_and_says_what_is_left()
    {
        await using var world = await SampleWorld.LoadAsync(new SampleOptions { Rows = 1500, Tenants = 5 });
        using var stop = new CancellationTokenSource();
        var mesh = new EmbeddedMesh(world.Parts, new RotationProgress())
        {
            Started = (_, _) => stop.Cancel(),
        };

        var report = await mesh.RunAsync(world.Order, workers: 2, stop.Token);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(report.State, Is.EqualTo("Cancelled"));
            Assert.That(await world.StateAsync(), Is.EqualTo("Cancelled"));
        }
    }

    [Test]
    public async Task A_coordinator_ends_it_where_it_is_asked_to()
    {
        await using var world = await SampleWorld.LoadAsync(new SampleOptions { Rows = 1500, Tenants = 5 });
        var abandoned = await AbandonAsync(world);
        await using var coordinator = await RunningMesh.OpenAsync(world, worker: null);

        var cancelled = await CancelAsync(world, abandoned);
        await coordinator.UntilAsync(abandoned, now => now.Concluded, "its totals are written");

        using (Assert.EnterMultipleScope())
        {
            Assert.That((cancelled.State, cancelled.Unheard), Is.EqualTo(("Cancelled", false)));
            Assert.That((await coordinator.NowAsync(abandoned))!.Reason, Is.EqualTo("cancelled by ben"));
        }
    }

    [Test]
    public async Task A_coordinator_writes_the_totals_of_one_that_was_killed_at_its_end()
    {
        await using var world = await SampleWorld.LoadAsync(new SampleOptions { Rows = 1500, Tenants = 5 });
        var abandoned = await AbandonAsync(world);
        await world.Database.ExecuteAsync(
            "UPDATE rotationmesh.rotations SET state = 'Cancelled', reason = 'cancelled by ann'"
        );
        await using var coordinator = await RunningMesh.OpenAsync(world, worker: null);

        await CancelAsync(world, abandoned);
        await coordinator.UntilAsync(abandoned, now => now.Concluded, "its totals are written");
        var ended = await Rotations(world).FindAsync(abandoned, CancellationToken.None);

        using (Assert.EnterMultipleScope())
        {
            Assert.That((ended.State, ended.Abandoned), Is.EqualTo(("Cancelled", false)));
            Assert.That(ended.EndedAt, Is.Not.Null);
        }
    }

    [Test]
    public async Task A_coordinator_leaves_one_alone_whose_process_lives()
    {
        await using var world = await SampleWorld.LoadAsync(new SampleOptions { Rows = 1500, Tenants = 5 });
        var abandoned = await AbandonAsync(world);
        await using var coordinator = await RunningMesh.OpenAsync(world, worker: null);
        var process = await new RotationGuard(world.Parts.Control).TryHoldAsync(
            RotationGuard.Run,
            abandoned,
            CancellationToken.None
        );

        var cancelling = CancelAsync(world, abandoned);
        var other = await coordinator.StartAnotherAsync();
        await coordinator.UntilAsync(other, now => now.State == "Faulted", "the coordinator does its work");
        var meanwhile = await coordinator.NowAsync(abandoned);
        await process!.DisposeAsync();
        var cancelled = await cancelling;

        using (Assert.EnterMultipleScope())
        {
            Assert.That(meanwhile!.EndedAt, Is.Null);
            Assert.That(cancelled.State, Is.EqualTo("Cancelled"));
        }
    }

    // Nobody holds it, as if its process had been killed.
    private static async Task<Guid> AbandonAsync(SampleWorld world)
    {
        using var turnstile = new Turnstile();
        await using var mesh = await RunningMesh.StartAsync(
            world,
            turnstile.Worker,
            window: 1,
            embedded: true
        );
        await turnstile.Reached;
        turnstile.Open();
        return mesh.Id;
    }

    private static Task<RotationDocument> CancelAsync(SampleWorld world, Guid rotation) =>
        Rotations(world)
            .ControlAsync(
                rotation,
                new ControlOrder { Action = ControlAction.Cancel, RequestedBy = "ben" },
                CancellationToken.None
            );

    private static ControlRotations Rotations(SampleWorld world) =>
        new(world.Parts.Map, () => world.Parts.Ring, world.Parts.Control);
}
