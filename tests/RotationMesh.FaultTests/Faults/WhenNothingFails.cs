using NUnit.Framework;
using RotationMesh.FaultTests.Support;
using RotationMesh.TestKit;

namespace RotationMesh.FaultTests.Faults;

[TestFixture]
internal sealed class WhenNothingFails
{
    [Test]
    public async Task Four_workers_rotate_200_000_rows_of_5_000_tenants()
    {
        await using var site = await MeshSite.StartAsync(LoadAsync(), pace: TimeSpan.Zero);
        await site.RotateAsync(batchSize: 1000);
        await site.CompletesAsync();
        Assert.That(
            await site.Database.ScalarAsync<long>(
                "SELECT count(DISTINCT worker) FROM rotationmesh.partitions"
            ),
            Is.EqualTo(4),
            "workers that took part"
        );
    }

    private static async Task<TestDatabase> LoadAsync()
    {
        var database = await (await Servers.PostgresAsync()).CreateDatabaseAsync();
        await SampleOf.LoadAsync(database, rows: 200_000, tenants: 5_000);
        return database;
    }
}
