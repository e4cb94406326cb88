using RotationMesh.Control.Failures;
using RotationMesh.Control.Guards;
using RotationMesh.Core.Map;

namespace RotationMesh.Control.Rotations;

/// <summary>Tables of a rotation that are verified row by row: a sample may pass over what earlier rotations met or left.</summary>
public static class SuspectTables
{
    // A name of the map stood for more than one column of a table, or of a leaf, which may have moved to another table: in this
    // rotation, or in it and in another one to its version, until one of all tenants has read every row since.
    private const string Replaced = """
        WITH held AS MATERIALIZED (
            SELECT c.database_name, c.table_name, c.identity, place."Relation", place."Name", place."Number"
            FROM rotationmesh.claims c
            CROSS JOIN jsonb_to_recordset(c.columns) AS place ("Relation" bigint, "Number" int, "Name" text)
            WHERE c.rotation_id = @rotationId AND c.identity IS NOT NULL),
        former AS MATERIALIZED (
            SELECT p.identity, place."Relation", place."Name", place."Number"
            FROM rotationmesh.rotations own
            JOIN rotationmesh.rotations r ON r.target_version = own.target_version AND r.correlation_id <> own.correlation_id
            JOIN rotationmesh.rotation_parts p ON p.rotation_id = r.correlation_id
            CROSS JOIN jsonb_to_recordset(p.columns) AS place ("Relation" bigint, "Number" int, "Name" text)
            WHERE own.correlation_id = @rotationId AND NOT EXISTS (
                SELECT FROM rotationmesh.rotation_tables good
                JOIN rotationmesh.rotations later ON later.correlation_id = good.rotation_id
                WHERE good.read_whole AND NOT good.unread AND good.identity = p.identity
                  AND (good.database_name, good.table_name) = (p.database_name, p.table_name)
                  AND later.target_version = r.target_version AND later.state = 'Completed' AND later.verify <> 'counts'
                  AND later.tenants IS NULL AND later.started_at > r.started_at)),
        changed AS MATERIALIZED (
            SELECT identity, "Relation", "Name"
            FROM (SELECT identity, "Relation", "Name", "Number" FROM held UNION ALL TABLE former) AS known
            GROUP BY 1, 2, 3 HAVING min("Number") <> max("Number"))
        SELECT DISTINCT database_name, table_name FROM held WHERE (identity, "Relation", "Name") IN (TABLE changed)
        """;

    private const string ListReplaced = $"""
        SELECT t.scope, t.database_name AS database, t.table_name AS "table"
        FROM rotationmesh.rotation_tables t
        WHERE t.rotation_id = @rotationId AND (t.database_name, t.table_name) IN ({Replaced})
        """;

    // What a rotation had to read wholly is read wholly until one of all tenants has completed so.
    private static readonly string Mark = $"""
        WITH {StandingFailures.Readings()},
        suspect AS MATERIALIZED (
            SELECT DISTINCT f.rotation_id, f.database_name, f.table_name
            FROM rotationmesh.row_failures f WHERE f.version = @version AND {StandingFailures.NotMadeGood}),
        whole AS MATERIALIZED (
            SELECT DISTINCT t.database_name, t.table_name, t.identity, t.columns
            FROM rotationmesh.rotation_tables t JOIN rotationmesh.rotations r ON r.correlation_id = t.rotation_id
            WHERE t.read_whole AND r.target_version = @version),
        sound AS MATERIALIZED (
            SELECT t.*, (
                SELECT max(later.started_at) FROM rotationmesh.rotation_tables good
                JOIN rotationmesh.rotations later ON later.correlation_id = good.rotation_id
                WHERE good.read_whole AND NOT good.unread AND {SamePlace.Of("t", "t", "good")}
                  AND later.target_version = @version AND later.state = 'Completed' AND later.verify <> 'counts'
                  AND later.tenants IS NULL) AS since
            FROM whole t),
        still AS MATERIALIZED (
            SELECT t.rotation_id, t.database_name, t.table_name
            FROM rotationmesh.rotation_tables t JOIN rotationmesh.rotations r ON r.correlation_id = t.rotation_id
            JOIN sound s ON (s.database_name, s.table_name) = (t.database_name, t.table_name)
             AND s.identity IS NOT DISTINCT FROM t.identity AND s.columns IS NOT DISTINCT FROM t.columns
            WHERE t.read_whole AND r.target_version = @version AND (s.since IS NULL OR s.since < r.started_at)),
        latest AS MATERIALIZED (
            SELECT DISTINCT ON (t.database_name, t.table_name, t.identity) t.*, r.ended_at
            FROM rotationmesh.rotation_tables t JOIN rotationmesh.rotations r ON r.correlation_id = t.rotation_id
            WHERE cardinality(@scopes) > 0 AND r.correlation_id <> @rotationId AND r.target_version <> @version
              AND r.sweep > 0 AND r.state <> 'Completed'
            ORDER BY t.database_name, t.table_name, t.identity, r.ended_at DESC NULLS FIRST, t.rotation_id),
        apart AS MATERIALIZED (
            SELECT t.rotation_id, t.database_name, t.table_name FROM latest t
            WHERE NOT EXISTS (
                SELECT FROM rotationmesh.rotation_tables good
                JOIN rotationmesh.rotations later ON later.correlation_id = good.rotation_id
                WHERE good.read_whole AND NOT good.unread AND {SamePlace.Of("t", "t", "good")}
                  AND later.state = 'Completed' AND later.verify <> 'counts' AND later.tenants IS NULL
                  AND later.started_at > t.ended_at)),
        replaced AS MATERIALIZED ({Replaced})
        UPDATE rotationmesh.rotation_tables own SET read_whole = true
        WHERE own.rotation_id = @rotationId AND NOT own.read_whole
          AND (EXISTS (SELECT FROM (TABLE suspect UNION ALL TABLE still) s WHERE {SamePlace.MayBe(
            "s",
            "own"
        )})
               OR (own.database_name, own.table_name) IN (TABLE replaced)
               OR ((own.scope, own.database_name, own.table_name) IN (SELECT * FROM unnest(@scopes, @databases, @tables))
                   AND EXISTS (SELECT FROM apart WHERE {SamePlace.MayBe("apart", "own")})))
        """;

    /// <summary>
    /// Marks the tables to read wholly in which this rotation or others met rows at that version that do not decrypt, or that
    /// others had to read wholly, where that was not made good since; of those whose values live in a store
    /// (<paramref name="inStores"/>) also those that a rotation to another version left: it may have moved objects and not their
    /// rows, which claim this version. So are those of which a column was replaced while the rotation ran, or since another one to the
    /// version: what the new one holds was not under the version of its row when that was written. Call it before failures are forgotten.
    /// </summary>
    public static Task MarkAsync(
        HeldWork held,
        Guid rotationId,
        long version,
        IReadOnlyCollection<TableName> inStores,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(held);
        ArgumentNullException.ThrowIfNull(inStores);
        return held.ExecuteAsync(
            Mark,
            new
            {
                rotationId,
                version,
                scopes = inStores.Select(table => table.Scope).ToArray(),
                databases = inStores.Select(table => table.Database).ToArray(),
                tables = inStores.Select(table => table.Table).ToArray(),
            },
            cancellationToken
        );
    }

    /// <summary>
    /// Lists tables of which a column, or one of a leaf, was replaced while the rotation ran, or since another one to its version
    /// began, as far as their claims have recorded it.
    /// </summary>
    public static async Task<IReadOnlyList<TableName>> ListReplacedAsync(
        ControlDatabase control,
        Guid rotationId,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(control);
        var found = await control.QueryAsync<(string Scope, string Database, string Table)>(
            ListReplaced,
            new { rotationId },
            cancellationToken
        );
        return [.. found.Select(table => new TableName(table.Scope, table.Database, table.Table))];
    }
}
