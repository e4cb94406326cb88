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
            SELECT place || jsonb_build_object('Relation', mine."Relation")
            FROM jsonb_array_elements(mine."Columns") AS place
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
    /// Records former columns beside those of now: the retirement of a key, and every later rotation, looks at their values.
    /// </summary>
    public const string RecordFormer = """
        INSERT INTO rotationmesh.rotated_columns
            (identity, relation, number, path, database_name, table_name, column_name, rotation_id)
        SELECT c.identity, place."Relation", place."Number", place."Path", c.database_name, c.table_name, place."Name", c.rotation_id
        FROM rotationmesh.claims c
        CROSS JOIN jsonb_to_recordset(c.columns) AS place ("Relation" bigint, "Number" int, "Name" text, "Path" text)
        WHERE c.rotation_id = @rotationId AND c.identity IS NOT NULL
        ON CONFLICT DO NOTHING
        """;

    /// <summary>SQL for the columns of two rows.</summary>
    public static string Both(string one, string other) =>
        $"""
            (SELECT jsonb_agg(DISTINCT place)
             FROM jsonb_array_elements(coalesce({one}.columns, '[]') || coalesce({other}.columns, '[]')) AS place)
            """;
}
