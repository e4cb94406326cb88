using Npgsql;
using RotationMesh.Control;
using RotationMesh.IntegrationTests.Support;
using RotationMesh.Postgres;
using RotationMesh.Tables;
using RotationMesh.TestKit;

namespace RotationMesh.IntegrationTests.Connections;

/// <summary>A balancer, or a name with several addresses, leads to a standby now and then.</summary>
public sealed class WhenAServerIsAStandby
{
    [Test]
    public async Task Who_concludes_from_what_it_counts_gets_no_connection_until_it_is_promoted()
    {
        await using var server = await PrivatePostgres.StartAsync();
        await using var database = await server.CreateDatabaseAsync();
        await using var elsewhere = await TestDatabase.CreateAsync();
        await using var replica = await server.StartStandbyAsync();
        var there = replica.ConnectionTo(database.Name);
        await using var fixture = Fixture.Of(database, elsewhere.ConnectionString, there);
        await using var concluding = new ApplicationDatabases(fixture.Map) { PrimaryOnly = true };
        await using var control = new ControlDatabase(there, primaryOnly: true);

        await using (await fixture.Databases.OpenReadingAsync(Fixture.App, CancellationToken.None))
        {
            // An inspection may read there.
        }

        foreach (
            var open in (Func<string, CancellationToken, Task<NpgsqlConnection>>[])
                [concluding.OpenReadingAsync, concluding.OpenWritingAsync, concluding.OpenApartAsync]
        )
        {
            var fault = Assert.ThrowsAsync<ApplicationDatabaseException>(() =>
                open(Fixture.App, CancellationToken.None)
            );
            Assert.That(
                DatabaseFaults.Describe(fault!),
                Is.EqualTo(
                    "database 'app' of the map: the connection leads to a standby, which may be behind: point the map at the primary"
                )
            );
        }

        Assert.ThrowsAsync<StandbyException>(() => control.NowAsync(CancellationToken.None));
        await using var seen = NpgsqlDataSource.Create(there);
        await using var promote = seen.CreateCommand("SELECT pg_promote()");
        await promote.ExecuteNonQueryAsync();
        await using var promoted = await concluding.OpenReadingAsync(Fixture.App, CancellationToken.None);
    }
}
