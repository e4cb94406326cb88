namespace RotationMesh.Tables.Schema;

/// <summary>
/// SQL that finds tables by name as the server does: in the named schema, or else in the first schema of the search path
/// that has the name. Schemas are joined before names, because thousands of schemas may have the same table. The SQL reads
/// the catalog instead of casting to regclass, which fails for a schema that the role may not use.
/// </summary>
internal static class NamedTables
{
    /// <summary>
    /// Terms of a WITH RECURSIVE. The last one is <c>named (place, oid)</c>, where <c>place</c> counts from 1. Parameters:
    /// <c>@schemas</c> (NULL for a name without a schema) and <c>@names</c>, arrays of the same length.
    /// </summary>
    public const string Terms = """
        entry AS MATERIALIZED (
            SELECT e.schema, e.name, e.place
            FROM ROWS FROM (
                pg_catalog.unnest(@schemas::pg_catalog.text[]), pg_catalog.unnest(@names::pg_catalog.text[]))
                WITH ORDINALITY AS e (schema, name, place)),
        path AS MATERIALIZED (
            SELECT n.oid, p.step
            FROM pg_catalog.unnest(pg_catalog.current_schemas(true)) WITH ORDINALITY AS p (schema, step)
            JOIN pg_catalog.pg_namespace n ON n.nspname OPERATOR(pg_catalog.=) p.schema),
        spot AS MATERIALIZED (
            SELECT e.place, e.name, n.oid AS schema, 0::pg_catalog.int8 AS step
            FROM entry e JOIN pg_catalog.pg_namespace n ON n.nspname OPERATOR(pg_catalog.=) e.schema
            UNION ALL
            SELECT e.place, e.name, path.oid, path.step FROM entry e CROSS JOIN path WHERE e.schema IS NULL),
        named AS MATERIALIZED (
            SELECT DISTINCT ON (s.place) s.place, c.oid
            FROM spot s JOIN pg_catalog.pg_class c
              ON c.relname OPERATOR(pg_catalog.=) s.name AND c.relnamespace OPERATOR(pg_catalog.=) s.schema
            ORDER BY s.place, s.step)
        """;
}
