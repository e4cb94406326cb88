namespace RotationMesh.Control.Claims;

/// <summary>
/// Every table that a rotation was ever made for, and every leaf of it. These records stay, so that the retirement of a key looks
/// at the same tables, also at those that were detached.
/// </summary>
public sealed class RotatedTables(ControlDatabase control)
{
    // Keeps the latest rotation, the one that an operator finds in the list.
    internal const string Record = $"""
        INSERT INTO rotationmesh.rotated_tables (database_name, table_name, identity, relation, rotation_id)
        SELECT DISTINCT mine."DatabaseName", mine."TableName", mine."Identity", mine."Relation", @rotationId
        FROM {RotationLocks.Mine} WHERE mine."Identity" IS NOT NULL AND mine."Relation" IS NOT NULL
        ON CONFLICT (identity, relation, database_name, table_name)
        DO UPDATE SET rotation_id = excluded.rotation_id, claimed_at = excluded.claimed_at, part_of = ''
        """;

    // Of what was ever claimed. A table that was moved from one of the rotation's tables to another is recorded as a part of one.
    internal const string RecordParts = """
        INSERT INTO rotationmesh.rotated_tables (database_name, table_name, identity, relation, rotation_id, part_of)
        SELECT DISTINCT ON (c.identity, p.key, c.database_name, p.name)
               c.database_name, p.name, c.identity, p.key::bigint, @rotationId::uuid, p.part_of
        FROM rotationmesh.claims c
        CROSS JOIN LATERAL (
            SELECT part.key, CASE part.value WHEN '' THEN c.table_name ELSE part.value END AS name,
                   CASE part.value WHEN '' THEN '' ELSE c.table_name END AS part_of
            FROM jsonb_each_text(c.parts) AS part) AS p
        WHERE c.rotation_id = @rotationId AND c.identity IS NOT NULL
        ON CONFLICT (identity, relation, database_name, table_name)
        DO UPDATE SET rotation_id = excluded.rotation_id, claimed_at = excluded.claimed_at
        """;

    // A schema that was not brought forward yet has no parts. A coordinator of an earlier release that plans a rotation records its
    // tables in its rotation alone.
    private const string List = """
        SELECT rotation_id, database, "table", identity, relation, part_of
        FROM (SELECT r.rotation_id, r.database_name AS database, r.table_name AS "table", r.identity, r.relation, r.claimed_at,
                     coalesce(to_jsonb(r) ->> 'part_of', '') AS part_of
              FROM rotationmesh.rotated_tables r
              UNION ALL
              (SELECT DISTINCT ON (t.database_name, t.table_name)
                      t.rotation_id, t.database_name, t.table_name, '', 0, t.counted_at, ''
               FROM rotationmesh.rotation_tables t
               WHERE EXISTS (SELECT FROM rotationmesh.sweeps s WHERE s.rotation_id = t.rotation_id)
                 AND NOT EXISTS (SELECT FROM rotationmesh.rotated_tables r
                                 WHERE (r.database_name, r.table_name) = (t.database_name, t.table_name)
                                   AND coalesce(to_jsonb(r) ->> 'part_of', '') = '')
               ORDER BY t.database_name, t.table_name, t.counted_at DESC)) AS known
        ORDER BY claimed_at DESC
        """;

    // Of a schema that was not brought forward yet.
    private const string ListEarlier = """
        SELECT DISTINCT ON (database_name, table_name) rotation_id, database_name AS database, table_name AS table
        FROM rotationmesh.rotation_tables ORDER BY database_name, table_name, counted_at DESC
        """;

    /// <summary>Lists all of them, the latest first, each with the last rotation that was made for it.</summary>
    public async Task<IReadOnlyList<RotatedTable>> ListAsync(CancellationToken cancellationToken)
    {
        if (await control.HasAsync("rotated_tables", cancellationToken))
            return await control.QueryAsync<RotatedTable>(List, null, cancellationToken);
        return await control.HasAsync("rotation_tables", cancellationToken)
            ? await control.QueryAsync<RotatedTable>(ListEarlier, null, cancellationToken)
            : [];
    }
}

/// <summary>A table that a rotation was made for.</summary>
public sealed record RotatedTable
{
    /// <summary>The rotation.</summary>
    public Guid RotationId { get; init; }

    /// <summary>Name of the database in the rotation's map.</summary>
    public string Database { get; init; } = "";

    /// <summary>Name of the table in the rotation's map; of a part, its name in the database at that time.</summary>
    public string Table { get; init; } = "";

    /// <summary>
    /// The table of the rotation's map whose rows this one held, as its leaf; empty for a table that the map named itself.
    /// </summary>
    public string PartOf { get; init; } = "";

    /// <summary>Identity of the database; empty where it is not known.</summary>
    public string Identity { get; init; } = "";

    /// <summary>Oid of the table; 0 where an earlier release recorded it.</summary>
    public long Relation { get; init; }
}
