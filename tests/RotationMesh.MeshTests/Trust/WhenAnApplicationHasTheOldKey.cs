using NUnit.Framework;
using RotationMesh.Embedding;
using RotationMesh.LocalOperations;
using RotationMesh.MeshTests.Support;
using RotationMesh.Sample;

namespace RotationMesh.MeshTests.Trust;

[TestFixture]
internal sealed class WhenAnApplicationHasTheOldKey
{
    [Test]
    public async Task Rows_that_it_goes_on_writing_are_said_to_be_its()
    {
        await using var world = await SampleWorld.LoadAsync(new SampleOptions { Rows = 200, Tenants = 4 });
        await world.Database.ExecuteAsync(
            "CREATE TABLE kept AS SELECT * FROM knowledge_entries ORDER BY id LIMIT 1"
        );
        using var stop = new CancellationTokenSource();
        var writing = WriteAsync(world, stop.Token);

        var left = await RunAsync(world);
        await stop.CancelAsync();
        await writing;

        var rows = left.Tables.Sum(table => table.Failed);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(left.State, Is.EqualTo("CompletedWithFailures"));
            Assert.That(left.Failures, Is.Empty);
            Assert.That(rows, Is.GreaterThan(0));
            Assert.That(
                left.Reason,
                Does.Match(
                    @"^\d+ rows of version 1 in table knowledge_entries were written while the rotation ran: an application still writes with the old key, "
                )
            );
        }

        Assert.That((await RunAsync(world)).State, Is.EqualTo("Completed"), "once it has stopped");
    }

    // Faster than a sweep: each census finds some.
    private static async Task WriteAsync(SampleWorld world, CancellationToken stop)
    {
        for (var i = 0; !stop.IsCancellationRequested; i++)
            await world.Database.ExecuteAsync(
                $"INSERT INTO knowledge_entries SELECT (jsonb_populate_record(k, '{{\"id\": \"late-{i}\"}}')).* FROM kept AS k"
            );
    }

    private static Task<RotationReport> RunAsync(SampleWorld world) =>
        new EmbeddedMesh(world.Parts, new RotationProgress()).RunAsync(
            world.Order,
            workers: 2,
            CancellationToken.None
        );
}
