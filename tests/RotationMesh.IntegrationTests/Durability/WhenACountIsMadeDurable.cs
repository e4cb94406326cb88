using RotationMesh.IntegrationTests.Support;
using RotationMesh.Tables.Durability;
using RotationMesh.TestKit;

namespace RotationMesh.IntegrationTests.Durability;

public sealed class WhenACountIsMadeDurable
{
    private const string Unflushed = """
        SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), pg_current_wal_flush_lsn())::bigint
        """;

    // The log reaches the disk by somebody's commit alone.
    private static readonly string[] Lazy = ["wal_writer_delay = 10s", "autovacuum = off"];

    [Test]
    public async Task Commits_that_did_not_wait_are_on_the_disk_and_an_id_alone_brings_nothing_there()
    {
        await using var server = await PrivatePostgres.StartAsync(Lazy);
        await using var database = await server.CreateDatabaseAsync();
        await using var fixture = Fixture.Of(database, database.ConnectionString);
        await fixture.CreateNotesAsync();
        await WriteLazilyAsync(fixture);

        await fixture.ExecuteAsync(
            "BEGIN; SET LOCAL synchronous_commit = on; SELECT pg_current_xact_id(); COMMIT"
        );
        var left = await fixture.ScalarAsync<long>(Unflushed);
        var position = await fixture.ScalarAsync<string>("SELECT pg_current_wal_insert_lsn()::text");
        await FlushAsync(fixture);

        Assert.That(left, Is.Positive, "a transaction that only has an id flushes nothing");
        Assert.That(
            await fixture.ScalarAsync<bool>(
                "SELECT pg_current_wal_flush_lsn() >= @position::pg_lsn",
                new { position }
            )
        );
    }

    [Test]
    public async Task A_role_that_commits_asynchronously_is_made_to_wait()
    {
        await using var server = await PrivatePostgres.StartAsync([.. Lazy, "synchronous_commit = off"]);
        await using var database = await server.CreateDatabaseAsync();
        await using var fixture = Fixture.Of(database, database.ConnectionString);
        await fixture.CreateNotesAsync();
        await WriteLazilyAsync(fixture);
        var position = await fixture.ScalarAsync<string>("SELECT pg_current_wal_insert_lsn()::text");

        await FlushAsync(fixture);

        Assert.That(
            await fixture.ScalarAsync<bool>(
                "SELECT pg_current_wal_flush_lsn() >= @position::pg_lsn",
                new { position }
            )
        );
        await using var control = await fixture.Control.Source.OpenConnectionAsync();
        await using var command = control.CreateCommand();
        command.CommandText = "SHOW synchronous_commit";
        Assert.That(await command.ExecuteScalarAsync(), Is.EqualTo("on"));
    }

    [Test]
    public async Task A_server_that_was_away_in_between_is_noticed()
    {
        await using var server = await PrivatePostgres.StartAsync(Lazy);
        await using var database = await server.CreateDatabaseAsync();
        await using var fixture = Fixture.Of(database, database.ConnectionString);
        await using var witness = await DurabilityWitness.OpenAsync(
            fixture.Databases,
            Fixture.App,
            CancellationToken.None
        );

        await server.KillAsync();
        await server.StartAgainAsync();

        Assert.That(() => witness.FlushAsync(CancellationToken.None), Throws.InstanceOf<Exception>());
    }

    [Test]
    public async Task What_a_rotation_called_complete_outlives_the_server_s_processes()
    {
        await using var server = await PrivatePostgres.StartAsync(Lazy);
        await using var database = await server.CreateDatabaseAsync();
        await using var elsewhere = await TestDatabase.CreateAsync();
        await using var fixture = Fixture.Of(database, elsewhere.ConnectionString);
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync(Note.Many(3000));

        var report = await fixture.RotateAsync();
        await server.KillAsync();
        await server.StartAgainAsync();
        database.DataSource.Clear();

        Assert.That(report.State, Is.EqualTo("Completed"));
        await fixture.AssertRotatedAsync();
    }

    private static Task WriteLazilyAsync(Fixture fixture) =>
        fixture.ExecuteAsync(
            "BEGIN; SET LOCAL synchronous_commit = off; INSERT INTO notes (id) SELECT 'x' || i FROM generate_series(1, 500) i; COMMIT"
        );

    private static async Task FlushAsync(Fixture fixture)
    {
        await using var witness = await DurabilityWitness.OpenAsync(
            fixture.Databases,
            Fixture.App,
            CancellationToken.None
        );
        await witness.FlushAsync(CancellationToken.None);
    }
}
