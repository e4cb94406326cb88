namespace RotationMesh.Control.Claims;

/// <summary>
/// The tables that held rows of a rotation's tables at any time since it began: these themselves and their leaves. One that was
/// replaced or detached meanwhile stays among them: it may have rows that nobody rotated.
/// </summary>
public sealed class ClaimedParts(ControlDatabase control)
{
    /// <summary>
    /// Whether a claim <c>c</c> is of the database that answers now (<c>excluded</c>). Either identity is null where it is not
    /// known, and is the database's oid alone where its server could not be told.
    /// </summary>
    internal const string MayBeSame = """
        coalesce(
            split_part(c.identity, '/', 2) = split_part(excluded.identity, '/', 2)
            AND (c.identity = excluded.identity OR starts_with(c.identity, '/') OR starts_with(excluded.identity, '/')), true)
        """;

    /// <summary>The relations of a claim with those that its table has now. Oids of another database mean other tables.</summary>
    internal const string AllRelations = $"""
        CASE WHEN {MayBeSame}
             THEN (SELECT array_agg(DISTINCT r.oid) FROM unnest(c.relations || excluded.relations) AS r (oid))
             ELSE c.relations END
        """;

    /// <summary>The parts of a claim with those that its table has now, each by its latest name.</summary>
    internal const string AllParts = $$"""
        CASE WHEN {{MayBeSame}} THEN nullif(coalesce(c.parts, '{}') || coalesce(excluded.parts, '{}'), '{}')
             ELSE c.parts END
        """;

    /// <summary>
    /// Joins to a table <c>mine</c> the parts that were recorded for the rotation before it was retried, as <c>recorded</c>: it gave
    /// up its claims at its end, and a part that was detached is to be told again.
    /// </summary>
    internal const string Recorded = $"""
        LEFT JOIN LATERAL (
            SELECT jsonb_object_agg(part.key, part.value) AS parts
            FROM rotationmesh.rotation_parts r CROSS JOIN jsonb_each_text(r.parts) AS part
            WHERE {IsRecorded}
        ) AS recorded ON true
        """;

    /// <summary>Whether a row <c>r</c> was recorded for the rotation and a table <c>mine</c>.</summary>
    internal const string IsRecorded = """
        r.rotation_id = @rotationId AND r.database_name = mine."DatabaseName" AND r.table_name = mine."TableName"
        AND split_part(r.identity, '/', 2) = split_part(mine."Identity", '/', 2)
        AND (r.identity = mine."Identity" OR starts_with(r.identity, '/') OR starts_with(mine."Identity", '/'))
        """;

    /// <summary>The <see cref="Recorded"/> parts of a table <c>mine</c> with those that it has now, each by its latest name.</summary>
    internal const string WithRecorded = """
        nullif(coalesce(recorded.parts, '{}') || coalesce(mine."Parts", '{}'), '{}')
        """;

    // A row of each rotation: others record the same leaves, and a retry asks for those of its own.
    internal static readonly string Record = $"""
        INSERT INTO rotationmesh.rotation_parts AS r (rotation_id, database_name, table_name, identity, parts, columns)
        SELECT c.rotation_id, c.database_name, c.table_name, c.identity, c.parts, c.columns
        FROM rotationmesh.claims c
        WHERE c.rotation_id = @rotationId AND c.identity IS NOT NULL AND c.parts IS NOT NULL
        ON CONFLICT (rotation_id, database_name, table_name, identity) DO UPDATE
        SET parts = r.parts || excluded.parts, columns = {ClaimedColumns.Both("r", "excluded")}
        """;

    private const string List = """
        SELECT c.database_name AS database, c.table_name AS "table", part.key::bigint AS relation,
               part.value = '' AS is_whole
        FROM rotationmesh.claims c CROSS JOIN jsonb_each_text(c.parts) AS part
        WHERE c.rotation_id = @rotationId
        """;

    private const string ListFailed = """
        SELECT DISTINCT c.database_name AS database, c.table_name AS "table", part.key::bigint AS relation,
               part.value = '' AS is_whole
        FROM rotationmesh.claims c
        JOIN rotationmesh.rotation_parts p ON p.table_name = c.table_name AND p.rotation_id <> c.rotation_id
         AND split_part(p.identity, '/', 2) = split_part(c.identity, '/', 2)
         AND (p.identity = c.identity OR starts_with(p.identity, '/') OR starts_with(c.identity, '/'))
        CROSS JOIN jsonb_each_text(p.parts) AS part
        WHERE c.rotation_id = @rotationId AND EXISTS (
            SELECT FROM rotationmesh.row_failures f
            WHERE (f.rotation_id, f.database_name, f.table_name) = (p.rotation_id, p.database_name, p.table_name)
              AND f.version IS NOT NULL)
        """;

    /// <summary>Lists them; none of a table that an earlier release claimed, or whose database did not answer.</summary>
    public Task<IReadOnlyList<ClaimedPart>> ListAsync(Guid rotationId, CancellationToken cancellationToken) =>
        control.QueryAsync<ClaimedPart>(List, new { rotationId }, cancellationToken);

    /// <summary>Lists those of its tables that other rotations claimed, and of which these recorded failures.</summary>
    public Task<IReadOnlyList<ClaimedPart>> ListFailedAsync(
        Guid rotationId,
        CancellationToken cancellationToken
    ) => control.QueryAsync<ClaimedPart>(ListFailed, new { rotationId }, cancellationToken);
}

/// <summary>A table that held rows of a rotation's table.</summary>
public sealed record ClaimedPart
{
    /// <summary>Name of the database in the rotation's map.</summary>
    public string Database { get; init; } = "";

    /// <summary>The rotation's table, as its map names it.</summary>
    public string Table { get; init; } = "";

    /// <summary>Oid of the part.</summary>
    public long Relation { get; init; }

    /// <summary>Whether it had the name of the rotation's table itself, when it was last claimed.</summary>
    public bool IsWhole { get; init; }
}
