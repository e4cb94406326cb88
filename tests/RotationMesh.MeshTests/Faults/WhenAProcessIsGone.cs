using NUnit.Framework;
using RotationMesh.Embedding;
using RotationMesh.LocalOperations;
using RotationMesh.MeshTests.Support;
using RotationMesh.Sample;

namespace RotationMesh.MeshTests.Faults;

[TestFixture]
internal sealed class WhenAProcessIsGone
{
    [Test]
    public async Task The_next_one_with_the_same_request_goes_on_under_the_same_id()
    {
        await using var world = await SampleWorld.LoadAsync(new SampleOptions { Rows = 1500, Tenants = 5 });
        Guid abandoned;
        using (var turnstile = new Turnstile())
        {
            await using var mesh = await RunningMesh.StartAsync(
                world,
                turnstile.Worker,
                window: 1,
                embedded: true
            );
            abandoned = mesh.Id;
            await turnstile.Reached;
            turnstile.Open();
        }

        // What a process that is killed leaves: partitions with workers that are no more, for an hour.
        await world.Database.ExecuteAsync(
            """
            UPDATE rotationmesh.partitions
            SET state = 'dispatched', attempt = attempt + 1, lease_until = now() + interval '1 hour' WHERE state = 'pending'
            """
        );
        var report = await new EmbeddedMesh(world.Parts, new RotationProgress()).RunAsync(
            world.Order,
            workers: 2,
            CancellationToken.None
        );

        using (Assert.EnterMultipleScope())
        {
            Assert.That(report.RotationId, Is.EqualTo(abandoned));
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
}
