using RotationMesh.IntegrationTests.Support;
using RotationMesh.Operations;
using RotationMesh.Tables.Writers;
using RotationMesh.TestKit;

namespace RotationMesh.IntegrationTests.Retiring;

public sealed class WhenADatabaseIsAStandby
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Test]
    public async Task A_key_stays_in_service_and_counts_say_until_when_it_has_replayed()
    {
        await using var server = await PrivatePostgres.StartAsync();
        await using var database = await server.CreateDatabaseAsync();
        await using var elsewhere = await TestDatabase.CreateAsync();
        await using var primary = Fixture.Of(database, elsewhere.ConnectionString);
        await primary.CreateNotesAsync();
        await primary.InsertAsync(Note.Many(20, version: 2));
        await using var replica = await server.StartStandbyAsync();
        await primary.InsertAsync([Note.Of("replayed", version: 2)]);
        var there = replica.ConnectionTo(database.Name);
        await using var seen = Npgsql.NpgsqlDataSource.Create(there);
        await Eventually.Holds(
            async () =>
            {
                await using var count = seen.CreateCommand("SELECT count(*) FROM notes");
                return await count.ExecuteScalarAsync() is 21L;
            },
            Deadline,
            "the standby has the rows"
        );
        await using var pause = seen.CreateCommand("SELECT pg_wal_replay_pause()");
        await pause.ExecuteNonQueryAsync();
        await primary.InsertAsync([Note.Of("unseen")]);
        await using var standby = Fixture.Of(database, elsewhere.ConnectionString, there);

        var refused = await standby.RetireAsync();
        var key = await standby.KeyAsync();
        var census = await standby.Inspections().CountAsync(new RowSelection(), CancellationToken.None);
        var verified = await standby
            .Inspections()
            .VerifyAsync(
                new VerificationOrder(),
                new Progress<Operations.Documents.ProgressDocument>(),
                CancellationToken.None
            );

        var locked = await new QuietCount(standby.Databases).CountAsync(
            (
                await standby.Schema.CheckAsync(standby.Map.Tables, false, CancellationToken.None)
            ).Targets.Single(),
            CancellationToken.None
        );

        using (Assert.EnterMultipleScope())
        {
            Assert.That((locked.Counts, locked.Refusal), Is.EqualTo(((object?)null, QuietRefusal.ReadOnly)));
            Assert.That(refused.Retired, Is.False);
            Assert.That(
                refused.InTheWay,
                Has.Exactly(1).Matches("^database app is a standby, replayed until 20.*ask the primary$")
            );
            Assert.That((key.SafeToRetire, key.InTheWay.Count), Is.EqualTo((false, 1)));
            Assert.That(census.Standbys.Single().Database, Is.EqualTo("app"));
            Assert.That(census.Standbys.Single().ReplayedUntil, Is.Not.Null);
            Assert.That(verified.Standbys, Is.EqualTo(census.Standbys));
            Assert.That((await primary.KeyAsync()).InTheWay.Single(), Does.Contain("1 rows claim version 1"));
            Assert.That(
                (await primary.Inspections().CountAsync(new RowSelection(), CancellationToken.None)).Standbys,
                Is.Empty
            );
        }
    }
}
