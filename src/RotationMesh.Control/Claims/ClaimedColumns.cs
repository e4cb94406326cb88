namespace RotationMesh.Control.Claims;

/// <summary>
/// The columns that names of a rotation's map stood for at any time since it began. One that was renamed meanwhile stays among them:
/// it may hold values that nobody rotated. They are kept as <c>[{"Relation":…,"Number":…,"Name":…,"Path":…}]</c>.
/// </summary>
internal static class ClaimedColumns
{
    /// <summary>
    /// The columns that were recorded for the rotation before it was retried (see <see cref="ClaimedParts.Recorded"/>), with those that a
    /// table <c>mine</c> has now.
    /// </summary>
    public static readonly string WithRecorded = $"""
        (SELECT jsonb_agg(DISTINCT place) FROM (
            SELECT place FROM jsonb_array_elements(mine."Columns") AS place
            UNION ALL
            SELECT place
            FROM rotationmesh.rotation_parts r CROSS JOIN jsonb_array_elements(r.columns) AS place
            WHERE {ClaimedParts.IsRecorded}) AS known (place))
        """;

    /// <summary>The columns of a claim <c>c</c> with those that its table has now (<c>excluded</c>).</summary>
    public static readonly string All = $"""
        CASE WHEN {ClaimedParts.MayBeSame} THEN {Both("c", "excluded")} ELSE c.columns END
        """;

    /// <summary>
    /// Records former columns beside those of now: the retirement of a key, and every later rotation, looks at their values. A leaf is
    /// looked at through its table, but for a column that was replaced there.
    /// </summary>
    public const string RecordFormer = """
        WITH mine AS MATERIALIZED (
            SELECT * FROM rotationmesh.claims WHERE rotation_id = @rotationId AND identity IS NOT NULL),
        whole AS MATERIALIZED (
            SELECT mine.database_name, mine.table_name, part.key::bigint
            FROM mine CROSS JOIN jsonb_each_text(mine.parts) AS part WHERE part.value = ''),
        held AS MATERIALIZED (
            SELECT mine.identity, mine.database_name, mine.table_name, mine.parts IS NULL AS is_whole,
                   place."Relation" AS relation, place."Number" AS number, place."Name" AS name, place."Path" AS path
            FROM mine
            CROSS JOIN jsonb_to_recordset(mine.columns) AS place ("Relation" bigint, "Number" int, "Name" text, "Path" text)),
        replaced AS MATERIALIZED (
            SELECT identity, relation, name FROM held GROUP BY 1, 2, 3 HAVING min(number) <> max(number))
        INSERT INTO rotationmesh.rotated_columns
            (identity, relation, number, path, database_name, table_name, column_name, rotation_id)
        SELECT identity, relation, number, path, database_name, table_name, name, @rotationId::uuid
        FROM held
        WHERE is_whole OR (database_name, table_name, relation) IN (TABLE whole)
           OR (identity, relation, name) IN (TABLE replaced)
        ON CONFLICT DO NOTHING
        """;

    /// <summary>SQL for the columns of two rows.</summary>
    public static string Both(string one, string other) =>
        $"""
            (SELECT jsonb_agg(DISTINCT place)
             FROM jsonb_array_elements(coalesce({one}.columns, '[]') || coalesce({other}.columns, '[]')) AS place)
            """;
}
