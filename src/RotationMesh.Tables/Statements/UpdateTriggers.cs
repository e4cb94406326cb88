namespace RotationMesh.Tables.Statements;

/// <summary>SQL that finds the triggers which an update of a row fires.</summary>
internal static class UpdateTriggers
{
    // Clones of a partitioned table's triggers count as internal in some versions; the triggers of keys and foreign keys
    // belong to constraints of other kinds.
    /// <summary>FROM and WHERE of such triggers <c>t</c>, to be ended by the oid of their table.</summary>
    public const string Rows = """
        FROM pg_catalog.pg_trigger t LEFT JOIN pg_catalog.pg_constraint k ON k.oid OPERATOR(pg_catalog.=) t.tgconstraint
        WHERE coalesce(k.contype, 't') OPERATOR(pg_catalog.=) 't' AND t.tgenabled OPERATOR(pg_catalog.<>) 'D'
          AND (t.tgtype OPERATOR(pg_catalog.&) 16) OPERATOR(pg_catalog.=) 16 AND t.tgrelid OPERATOR(pg_catalog.=)
        """;

    /// <summary>Their number, for the table whose oid <paramref name="oid"/> is.</summary>
    public static string CountOf(string oid) => $"(SELECT pg_catalog.count(*) {Rows} {oid})";

    /// <summary>Whether <paramref name="leaf"/> has any.</summary>
    public static string ExistOn(LeafTable leaf) =>
        $"EXISTS (SELECT 1 {Rows} '{leaf.Quoted.Replace("'", "''", StringComparison.Ordinal)}'::pg_catalog.regclass)";
}
