using RotationMesh.Control;
using RotationMesh.Control.Failures;
using RotationMesh.TestKit;

namespace RotationMesh.IntegrationTests.Control;

/// <summary>A rotation that ended with failures has not read every row.</summary>
public sealed class WhenALaterRotationLeftRows
{
    [TestCase("CompletedWithFailures", 3, "", 1, "the row may be among those that it left")]
    [TestCase("CompletedWithFailures", 3, "n1", 1, "it met the row again: one failure of the two stands")]
    [TestCase(
        "CompletedWithFailures",
        1,
        "n2",
        1,
        "all that it left are recorded, and the row is none of them"
    )]
    [TestCase("CompletedWithFailures", 2, "n2", 2, "one that it left is not recorded")]
    [TestCase("CompletedWithFailures", 0, "", 0, "it left no row")]
    [TestCase("Completed", 0, "", 0, "it left no row")]
    public async Task Failures_stand_unless_it_shows_that_it_has_read_the_row(
        string state,
        int pending,
        string met,
        int standing,
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
            SELECT lpad(n::text, 32, '0')::uuid, 'Rotating', n + 1, repeat('a', 16), repeat('b', 64), '{notes}',
                   now() + n * interval '1 s'
            FROM generate_series(1, 2) n;
            INSERT INTO rotationmesh.rotation_tables
                (rotation_id, scope, database_name, table_name, opening_pending, stored, pending, external_rows)
            SELECT correlation_id, 'notes', 'app', 'notes', 9, 9, {{pending}}, 0 FROM rotationmesh.rotations;
            INSERT INTO rotationmesh.row_failures
                (rotation_id, scope, database_name, table_name, row_key, key_digest, error, version, recorded_at)
            SELECT correlation_id, 'notes', 'app', 'notes', '{}', sha256(convert_to(row, 'UTF8')), 'DatabaseError', 1, started_at
            FROM rotationmesh.rotations
            CROSS JOIN LATERAL (SELECT CASE target_version WHEN 2 THEN 'n1' ELSE nullif('{{met}}', '') END) AS failed (row)
            WHERE row IS NOT NULL;
            UPDATE rotationmesh.rotations SET state = '{{state}}';
            """
        );

        var left = await StandingFailures.ListAsync(control, [], CancellationToken.None);

        Assert.That(left.Sum(failure => failure.Rows), Is.EqualTo(standing), because);
    }
}
