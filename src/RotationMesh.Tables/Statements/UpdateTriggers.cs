namespace RotationMesh.Tables.Statements;

/// <summary>SQL that finds the user triggers on updates of a table, except disabled ones.</summary>
internal static class UpdateTriggers
{
    // The query does not use tgisinternal, because some versions mark clones of a partitioned table's triggers as internal.
    // The triggers of keys and foreign keys belong to constraints of types other than 't'.
    /// <summary>FROM and WHERE of these triggers, as <c>t</c>. The table's oid must follow at the end.</summary>
    public const string Rows = """
        FROM pg_catalog.pg_trigger t LEFT JOIN pg_catalog.pg_constraint k ON k.oid OPERATOR(pg_catalog.=) t.tgconstraint
        WHERE coalesce(k.contype, 't') OPERATOR(pg_catalog.=) 't' AND t.tgenabled OPERATOR(pg_catalog.<>) 'D'
          AND (t.tgtype OPERATOR(pg_catalog.&) 16) OPERATOR(pg_catalog.=) 16 AND t.tgrelid OPERATOR(pg_catalog.=)
        """;

    /// <summary>Returns SQL for the number of these triggers on the table with the oid <paramref name="oid"/>.</summary>
    public static string CountOf(string oid) => $"(SELECT pg_catalog.count(*) {Rows} {oid})";

    /// <summary>Returns a condition that <paramref name="leaf"/> has such a trigger.</summary>
    public static string ExistOn(LeafTable leaf) =>
        $"EXISTS (SELECT 1 {Rows} '{leaf.Quoted.Replace("'", "''", StringComparison.Ordinal)}'::pg_catalog.regclass)";
}
