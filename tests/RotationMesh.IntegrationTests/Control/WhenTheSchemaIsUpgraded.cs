using Npgsql;
using RotationMesh.Control;
using RotationMesh.Control.Failures;
using RotationMesh.Core;
using RotationMesh.Tables.Rows;
using RotationMesh.TestKit;

namespace RotationMesh.IntegrationTests.Control;

/// <summary>Databases that later migrations reached before an earlier one, and what it makes of the rows in them.</summary>
public sealed class WhenTheSchemaIsUpgraded
{
    private const string Rotation = "0197a000-0000-7000-8000-000000000001";

    private const string TakeBack = $"""
        DROP TRIGGER forget_old_failures ON rotationmesh.rotations;
        DROP FUNCTION rotationmesh.forget_old_failures;
        ALTER TABLE rotationmesh.row_failures DROP COLUMN key_digest CASCADE,
            ADD PRIMARY KEY (rotation_id, scope, database_name, table_name, row_key);
        DELETE FROM rotationmesh.schema_versions WHERE scriptname LIKE '%.0005\_%';
        INSERT INTO rotationmesh.rotations
            (correlation_id, state, target_version, target_fingerprint, map_hash, scopes)
        VALUES ('{Rotation}', 'Rotating', 2, repeat('a', 16), repeat('b', 64), '{"{notes}"}');
        INSERT INTO rotationmesh.row_failures (rotation_id, scope, database_name, table_name, row_key, error)
        VALUES ('{Rotation}', 'notes', 'app', 'notes', '{"{\"id\": \"n1\"}"}', 'MalformedEnvelope')
        """;

    [Test]
    public async Task A_migration_runs_that_has_a_lower_number_than_those_which_ran_before()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var control = new ControlDatabase(database.ConnectionString);
        await control.MigrateAsync(CancellationToken.None);
        await database.ExecuteAsync(TakeBack);

        await control.MigrateAsync(CancellationToken.None);
        await new RowFailureStore(control).RecordAsync(
            Guid.Parse(Rotation),
            [Failure("n1"), Failure(new string('k', 5000))],
            CancellationToken.None
        );

        Assert.That(
            await database.ScalarAsync<string>(
                "SELECT string_agg(error, ' ' ORDER BY length(row_key::text)) FROM rotationmesh.row_failures"
            ),
            Is.EqualTo("DatabaseError DatabaseError"),
            "the row that was recorded before is recognised"
        );
    }

    [Test]
    public async Task Who_reads_a_table_keeps_the_upgrade_waiting_and_nobody_else_behind_it()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var control = new ControlDatabase(database.ConnectionString);
        await control.MigrateAsync(CancellationToken.None);
        await database.ExecuteAsync(
            """
            ALTER TABLE rotationmesh.rotation_tables
                DROP COLUMN identity, DROP COLUMN columns, DROP COLUMN unread;
            DROP INDEX rotationmesh.rotation_tables_by_name;
            DELETE FROM rotationmesh.schema_versions WHERE scriptname LIKE '%.0039\_%'
            """
        );
        await using var reader = await database.DataSource.OpenConnectionAsync();
        var transaction = await reader.BeginTransactionAsync();
        await using (
            var read = new NpgsqlCommand("SELECT count(*) FROM rotationmesh.rotation_tables", reader)
        )
            await read.ExecuteScalarAsync();

        var upgrade = control.MigrateAsync(CancellationToken.None);
        await Eventually.Holds(
            () =>
                database.ScalarAsync<bool>(
                    "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation = 'rotationmesh.rotation_tables'::regclass)"
                ),
            TimeSpan.FromMinutes(2),
            "the upgrade waits"
        );
        await database.ExecuteAsync(
            "SET statement_timeout = '2min'; SELECT count(*) FROM rotationmesh.rotation_tables; RESET statement_timeout"
        );
        var isDone = upgrade.IsCompleted;
        await transaction.DisposeAsync();
        await upgrade;

        Assert.That(isDone, Is.False, "it waits as long as somebody reads");
        Assert.That(await control.ExistsAsync(CancellationToken.None), Is.True);
    }

    [TestCase("NULL", "none", "03 21", "of the twenty that ended last, and of the one that runs")]
    [TestCase("1", "notes", "03 21", "a later rotation of the table has made the earlier ones good")]
    [TestCase("1", "none", "01 23", "they keep version 1 in service")]
    public async Task Failures_are_kept_of_the_last_twenty_rotations_that_ended_and_where_none_made_them_good(
        string version,
        string covered,
        string left,
        string because
    )
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var control = new ControlDatabase(database.ConnectionString);
        await control.MigrateAsync(CancellationToken.None);
        await database.ExecuteAsync(
            $$"""
            INSERT INTO rotationmesh.rotations
                (correlation_id, state, target_version, target_fingerprint, map_hash, scopes, started_at)
            SELECT lpad(n::text, 32, '0')::uuid, 'Rotating', 2, repeat('a', 16), repeat('b', 64), '{notes}',
                   now() + n * interval '1 s'
            FROM generate_series(1, 23) n;
            INSERT INTO rotationmesh.rotation_tables
                (rotation_id, scope, database_name, table_name, opening_pending, stored, pending, external_rows)
            SELECT correlation_id, 'another scope', 'app', '{{covered}}', 0, 0, 0, 0 FROM rotationmesh.rotations;
            INSERT INTO rotationmesh.row_failures
                (rotation_id, scope, database_name, table_name, row_key, key_digest, error, version)
            SELECT correlation_id, 'notes', 'app', 'notes', '{}', sha256(''), 'DatabaseError', {{version}}
            FROM rotationmesh.rotations
            """
        );

        for (var number = 1; number <= 22; number++)
            await database.ExecuteAsync(
                $"UPDATE rotationmesh.rotations SET state = 'Completed' WHERE correlation_id = '{number:d32}'"
            );

        Assert.That(
            await database.ScalarAsync<string>(
                "SELECT min(rotation_id::text) || ' ' || count(*) FROM rotationmesh.row_failures"
            ),
            Is.EqualTo($"00000000-0000-0000-0000-0000000000{left}"),
            because
        );
    }

    private static RowFailure Failure(string key) =>
        new("notes", "app", "notes", [new KeyPart("id", key, false)], null, null, RowError.DatabaseError);
}
