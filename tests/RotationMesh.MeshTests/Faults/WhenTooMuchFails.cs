using NUnit.Framework;
using RotationMesh.Embedding;
using RotationMesh.LocalOperations;
using RotationMesh.MeshTests.Support;
using RotationMesh.Sample;

namespace RotationMesh.MeshTests.Faults;

[TestFixture]
internal sealed class WhenTooMuchFails
{
    [Test]
    public async Task The_breaker_pauses_the_rotation_and_the_next_run_goes_on_without_it()
    {
        await using var world = await SampleWorld.LoadAsync(new SampleOptions { Rows = 2000, Tenants = 4 });
        await world.Database.ExecuteAsync(
            """
            UPDATE knowledge_entries SET content = 'not an envelope'
            WHERE id IN (SELECT id FROM knowledge_entries ORDER BY id LIMIT 300)
            """
        );

        var paused = await RunAsync(world);
        var ended = await RunAsync(world);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(paused.State, Is.EqualTo("Paused"));
            Assert.That(paused.Reason, Does.Contain("circuit breaker").And.Contain("rows"));
            Assert.That(ended.RotationId, Is.EqualTo(paused.RotationId));
            Assert.That(ended.State, Is.EqualTo("CompletedWithFailures"));
            Assert.That(ended.Tables.Sum(table => table.Failed), Is.EqualTo(300));
        }
    }

    [Test]
    public async Task What_partitions_in_hand_had_done_when_it_was_paused_is_told()
    {
        await using var world = await SampleWorld.LoadAsync(new SampleOptions { Rows = 40_000, Tenants = 4 });
        await world.Database.ExecuteAsync(
            "UPDATE knowledge_entries SET content = 'not an envelope' WHERE hashtext(id) % 5 = 0"
        );

        var paused = await RunAsync(world);

        Assert.That(paused.State, Is.EqualTo("Paused"));
        Assert.That(paused.Tables.Sum(table => table.Rotated), Is.EqualTo(await world.AtVersionAsync(2)));
    }

    private static Task<RotationReport> RunAsync(SampleWorld world) =>
        new EmbeddedMesh(world.Parts, new RotationProgress()).RunAsync(
            world.Order,
            workers: 2,
            CancellationToken.None
        );
}
