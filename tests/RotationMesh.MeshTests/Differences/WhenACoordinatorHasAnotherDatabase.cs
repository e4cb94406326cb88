using NUnit.Framework;
using RotationMesh.MeshTests.Support;
using RotationMesh.Sample;

namespace RotationMesh.MeshTests.Differences;

/// <summary>A coordinator under the same map and control database whose connection string leads to a copy of the rows.</summary>
[TestFixture]
internal sealed class WhenACoordinatorHasAnotherDatabase
{
    [Test]
    public async Task Nothing_that_it_counts_there_ends_the_rotation_which_says_so_and_goes_on_with_the_right_one()
    {
        await using var world = await SampleWorld.LoadAsync(new SampleOptions { Rows = 500, Tenants = 2 });
        await using var copy = await world.Database.CopyAsync();
        await using var beside = world.Beside(
            SampleWorld.Read(
                $"{SampleMap.Yaml("APP")}\ncontrol: {{ connectionString: \"${{CONTROL}}\" }}\n",
                name => name == "APP" ? copy.ConnectionString : world.Database.ConnectionString
            )
        );
        Guid id;
        await using var writer = await world.Database.DataSource.OpenConnectionAsync();
        await using (var transaction = await writer.BeginTransactionAsync())
        {
            await using var write = writer.CreateCommand();
            write.CommandText =
                "SELECT pg_current_xact_id(); LOCK TABLE knowledge_entries IN ROW EXCLUSIVE MODE";
            await write.ExecuteNonQueryAsync();
            await using (var first = await RunningMesh.StartAsync(world, new()))
            {
                id = first.Id;
                await first.UntilAsync(
                    now => now.Reason?.Contains("closing census", StringComparison.Ordinal) == true,
                    "it waits for the writer"
                );
            }

            await using var strayed = await RunningMesh.OpenAsync(beside, new());
            await strayed.UntilAsync(
                id,
                now => now.Reason?.Contains("another one than the rotation began with") == true,
                "the reason shows"
            );
            await strayed.UntilAsync(
                id,
                now =>
                    now.Reason?.Contains("the lock of version 2 can't be held", StringComparison.Ordinal)
                    == true,
                "the lock is not held in the copy"
            );
            await strayed.UntilAsync(
                id,
                now => now.Reason?.Contains("another one than the rotation began with") == true,
                "the reason shows again"
            );
            var now = await strayed.NowAsync(id);
            using (Assert.EnterMultipleScope())
            {
                Assert.That(now!.Reason, Does.Contain("database app").And.Contain(copy.Name));
                Assert.That(now.State, Is.EqualTo("Rotating"));
            }
        }

        await using var right = await RunningMesh.OpenAsync(world, new());
        await right.UntilAsync(id, now => now.State == "Completed", "the right one ends it");
        Assert.That(await world.AtVersionAsync(1), Is.Zero);
    }
}
