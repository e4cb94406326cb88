using Npgsql;
using RotationMesh.TestKit;

namespace RotationMesh.IntegrationTests.TestKit;

public sealed class WhenADatabaseIsDisposed
{
    [Test]
    public async Task It_is_dropped_although_somebody_is_connected()
    {
        await using TestDatabase witness = await TestDatabase.CreateAsync();
        TestDatabase database = await TestDatabase.CreateAsync();
        await using var straggler = new NpgsqlConnection(database.ConnectionString);
        await straggler.OpenAsync();

        await database.DisposeAsync();

        var count = $"SELECT count(*) FROM pg_database WHERE datname = '{database.Name}'";
        Assert.That(await witness.ScalarAsync<long>(count), Is.Zero);
    }
}
