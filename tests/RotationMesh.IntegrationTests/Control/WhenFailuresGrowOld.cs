using RotationMesh.Control;
using RotationMesh.Control.Failures;
using RotationMesh.TestKit;

namespace RotationMesh.IntegrationTests.Control;

/// <summary>
/// The last twenty rotations keep their failures. Of older ones the database forgets those that a later rotation made good: the
/// same that do not keep a key in service.
/// </summary>
public sealed class WhenFailuresGrowOld
{
    private const int Cases = 3000;

    // The first rotation has a failure in a table of each case, and one of sixteen later ones has that table as well.
    private static readonly string Fill = $$"""
        SELECT setseed(0.39);
        INSERT INTO rotationmesh.rotations
            (correlation_id, state, target_version, target_fingerprint, map_hash, scopes, started_at, verify, tenants)
        SELECT lpad(n::text, 32, '0')::uuid, 'Rotating', 2 + (n & 1), repeat('a', 16), repeat('b', 64), '{notes}',
               now() + n * interval '1 s', CASE WHEN n & 2 = 0 THEN '' ELSE 'counts' END,
               CASE WHEN n & 4 = 0 THEN NULL ELSE '{t1}'::text[] END
        FROM generate_series(0, 20) n;
        INSERT INTO rotationmesh.rotated_databases (database_name, identity, rotation_id)
        SELECT name, identity, gen_random_uuid()
        FROM (VALUES ('app', '{{A}}/1'), ('twice', '{{A}}/1'), ('twice', '{{B}}/2'), ('unsure', '/1')) AS d (name, identity);
        CREATE TEMP TABLE cases AS
        SELECT 'c' || n AS table_name, lpad(later::text, 32, '0')::uuid AS later_id, picked.*
        FROM generate_series(1, {{Cases}}) n
        CROSS JOIN LATERAL (SELECT n AS number, 1 + floor(random() * 16) AS later,
            (ARRAY['app', 'app', 'twice', 'unsure'])[1 + floor(random() * 4)::int] AS own_name,
            (ARRAY['app', 'app', 'twice', 'unsure'])[1 + floor(random() * 4)::int] AS later_name,
            (ARRAY[NULL, '{{A}}/1', '{{A}}/1', '{{B}}/2', '/1', '{{B}}/9'])[1 + floor(random() * 6)::int] AS own_identity,
            (ARRAY[NULL, '{{A}}/1', '{{A}}/1', '{{B}}/2', '/1', '{{B}}/9'])[1 + floor(random() * 6)::int] AS later_identity,
            (ARRAY[NULL, 'a'])[1 + floor(random() * 2)::int] AS own_column,
            (ARRAY[NULL, 'a', 'a', 'b'])[1 + floor(random() * 4)::int] AS later_column,
            random() < 0.2 AS unread, random() < 0.7 AS read_whole, floor(random() * 2) AS pending,
            (ARRAY['none', 'same', 'other'])[1 + floor(random() * 3)::int] AS met,
            (ARRAY[NULL, 't1', 't2'])[1 + floor(random() * 3)::int] AS tenant,
            1 + floor(random() * 3) AS version, random() < 0.1 AS is_recorded_later) AS picked;
        INSERT INTO rotationmesh.rotation_tables
            (rotation_id, scope, database_name, table_name, identity, columns, unread, read_whole, pending,
             opening_pending, stored, external_rows)
        SELECT '{{First}}'::uuid, 'notes', own_name, table_name, own_identity,
               CASE WHEN own_column IS NOT NULL THEN ARRAY[own_column] END, false, false, 1, 9, 9, 0 FROM cases
        UNION ALL
        SELECT later_id, 'renamed', later_name, table_name, later_identity,
               CASE WHEN later_column IS NOT NULL THEN ARRAY[later_column, 'c'] END, unread, read_whole, pending, 9, 9, 0 FROM cases;
        INSERT INTO rotationmesh.row_failures
            (rotation_id, scope, database_name, table_name, row_key, key_digest, error, version, tenant, recorded_at)
        SELECT '{{First}}'::uuid, 'notes', own_name, table_name, '{}'::jsonb, sha256('same'), 'DatabaseError', version, tenant,
               CASE WHEN is_recorded_later THEN now() + interval '1 h' ELSE now() END FROM cases
        UNION ALL
        SELECT later_id, 'renamed', later_name, table_name, '{}'::jsonb, sha256(met::bytea), 'DatabaseError', 1, tenant, now()
        FROM cases WHERE met <> 'none';
        """;

    private const string A = "aaaaaaaaaaaaaaaa";
    private const string B = "bbbbbbbbbbbbbbbb";
    private const string First = "00000000-0000-0000-0000-000000000000";

    [Test]
    public async Task Those_that_were_made_good_are_forgotten_and_no_others()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var control = new ControlDatabase(database.ConnectionString);
        await control.MigrateAsync(CancellationToken.None);
        await database.ExecuteAsync(Fill);
        await EndAsync(database, "BETWEEN 0 AND 8", "Completed");
        await EndAsync(database, "BETWEEN 9 AND 16", "CompletedWithFailures");

        var standing = await TablesAsync(control);
        await EndAsync(database, "> 16", "Completed");
        var kept = await database.ScalarAsync<string[]>(
            $"SELECT array_agg(table_name ORDER BY table_name) FROM rotationmesh.row_failures WHERE rotation_id = '{First}'"
        );

        Assert.That(
            standing,
            Has.Count.InRange(Cases / 10, Cases * 98 / 100),
            "there are cases of both kinds"
        );
        Assert.That(kept, Is.EquivalentTo(standing));
    }

    private static Task<int> EndAsync(TestDatabase database, string which, string state) =>
        database.ExecuteAsync(
            $"UPDATE rotationmesh.rotations SET state = '{state}' WHERE right(correlation_id::text, 2)::int {which}"
        );

    private static async Task<IReadOnlyList<string>> TablesAsync(ControlDatabase control) =>
        [
            .. (await StandingFailures.ListAsync(control, [], CancellationToken.None))
                .Where(failure => failure.RotationId == Guid.Parse(First))
                .Select(failure => failure.TableName),
        ];
}
