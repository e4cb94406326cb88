using System.Diagnostics;
using Npgsql;
using RotationMesh.IntegrationTests.Support;
using RotationMesh.Tables.Rows;
using RotationMesh.TestKit;

namespace RotationMesh.IntegrationTests.Durability;

/// <summary>One session is killed; the server ends all others, recovers, and keeps its own process.</summary>
public sealed class WhenAServerRecovers
{
    [Test]
    public async Task What_was_read_since_a_start_is_read_again_though_the_server_has_the_same_start_time()
    {
        await using var server = await PrivatePostgres.StartAsync(["autovacuum = off"]);
        await using var database = await server.CreateDatabaseAsync();
        await using var fixture = Fixture.Of(database, database.ConnectionString);
        var start = await ReadingStart.TakeAsync(fixture.Databases, Fixture.App, CancellationToken.None);
        var began = await BeganAsync(fixture);
        Assert.That(await IsOfAsync(fixture, start), Is.True);

        using (
            var session = Process.GetProcessById(await fixture.ScalarAsync<int>("SELECT pg_backend_pid()"))
        )
            session.Kill();
        await Eventually.Holds(
            async () =>
            {
                try
                {
                    return !await IsOfAsync(fixture, start);
                }
                catch (Exception fault) when (fault is NpgsqlException or IOException)
                {
                    return false; // it recovers
                }
            },
            TimeSpan.FromMinutes(1),
            "the recovery is noticed"
        );

        database.DataSource.Clear();
        Assert.That(await BeganAsync(fixture), Is.EqualTo(began));
    }

    private static Task<DateTime> BeganAsync(Fixture fixture) =>
        fixture.ScalarAsync<DateTime>("SELECT pg_postmaster_start_time()");

    private static async Task<bool> IsOfAsync(Fixture fixture, ReadingStart start)
    {
        await using var connection = await fixture.Databases.OpenReadingAsync(
            Fixture.App,
            CancellationToken.None
        );
        return await start.IsOfAsync(connection, CancellationToken.None);
    }
}
