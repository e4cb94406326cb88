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
        INSERT INTO rotationmesh.rotated_columns
            (identity, relation, number, path, database_name, table_name, column_name, rotation_id)
        SELECT c.identity, place.relation, place.number, place.path, c.database_name, c.table_name, place.name, c.rotation_id
        FROM rotationmesh.claims c
        CROSS JOIN LATERAL (
            SELECT column_of."Relation", column_of."Number", column_of."Path", column_of."Name",
                   min(column_of."Number") OVER same <> max(column_of."Number") OVER same
            FROM jsonb_to_recordset(c.columns) AS column_of ("Relation" bigint, "Number" int, "Name" text, "Path" text)
            WINDOW same AS (PARTITION BY column_of."Relation", column_of."Name")) AS place (relation, number, path, name, is_replaced)
        WHERE c.rotation_id = @rotationId AND c.identity IS NOT NULL
          AND (place.is_replaced OR coalesce(c.parts ->> place.relation::text, '') = '')
        ON CONFLICT DO NOTHING
        """;

    /// <summary>SQL for the columns of two rows.</summary>
    public static string Both(string one, string other) =>
        $"""
            (SELECT jsonb_agg(DISTINCT place)
             FROM jsonb_array_elements(coalesce({one}.columns, '[]') || coalesce({other}.columns, '[]')) AS place)
            """;
}
