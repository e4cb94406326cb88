namespace RotationMesh.Control.Failures;

/// <summary>
/// SQL conditions that rotations met the same rows: of one table in one database, whatever their maps called these. They read
/// <c>rotation_tables</c>, and tables with the same names.
/// </summary>
internal static class SamePlace
{
    // Each led to the same database at any time.
    private const string Names = """
        SELECT x.database_name, y.database_name
        FROM rotationmesh.rotated_databases x JOIN rotationmesh.rotated_databases y ON y.identity = x.identity
        """;

    // A name by which maps called two databases. One whose server could not be told is any of that oid.
    private const string Ambiguous = """
        SELECT d.database_name FROM rotationmesh.rotated_databases d GROUP BY 1
        HAVING count(DISTINCT split_part(d.identity, '/', 2)) > 1
            OR count(DISTINCT d.identity) FILTER (WHERE d.identity NOT LIKE '/%') > 1
        """;

    /// <summary>
    /// Returns a condition that <paramref name="later"/> is sure to be the table of <paramref name="earlier"/>, and that its rotation
    /// read every column that the earlier one did; <paramref name="place"/> has identity and columns of the earlier one. By names
    /// alone where these are not known, of an earlier release, or where an operator declared that database gone or moved.
    /// </summary>
    public static string Of(string earlier, string place, string later) =>
        $"""
            ({later}.table_name = {earlier}.table_name
             AND ({place}.columns IS NULL OR coalesce({place}.columns <@ {later}.columns, false)) AND CASE
                 WHEN {place}.identity IS NULL OR {place}.identity NOT IN (SELECT d.identity FROM rotationmesh.rotated_databases d)
                     THEN {later}.database_name = {earlier}.database_name AND {earlier}.database_name NOT IN ({Ambiguous})
                 WHEN {later}.identity IS NULL THEN false
                 WHEN {place}.identity NOT LIKE '/%' AND {later}.identity NOT LIKE '/%' THEN {place}.identity = {later}.identity
                 ELSE {later}.database_name = {earlier}.database_name
                      AND split_part({place}.identity, '/', 2) = split_part({later}.identity, '/', 2)
             END)
            """;

    /// <summary>
    /// Returns a condition that <paramref name="own"/>, a claimed table, may have rows of the <paramref name="other"/>: it has its names,
    /// or any part of it.
    /// </summary>
    public static string MayBe(string other, string own) =>
        $"""
            (({other}.table_name = {own}.table_name
              AND ({other}.database_name = {own}.database_name OR ({other}.database_name, {own}.database_name) IN ({Names})))
             OR EXISTS (
                SELECT FROM rotationmesh.claims c JOIN rotationmesh.rotation_parts p
                  ON split_part(p.identity, '/', 2) = split_part(c.identity, '/', 2)
                 AND (p.identity = c.identity OR starts_with(p.identity, '/') OR starts_with(c.identity, '/'))
                WHERE (c.rotation_id, c.database_name, c.table_name)
                    = ({own}.rotation_id, {own}.database_name, {own}.table_name)
                  AND (p.rotation_id, p.database_name, p.table_name)
                    = ({other}.rotation_id, {other}.database_name, {other}.table_name)
                  AND c.relations && ARRAY(SELECT k.oid::bigint FROM jsonb_object_keys(p.parts) AS k (oid))))
            """;
}
