namespace RotationMesh.Postgres.Target.Schema;

/// <summary>SQL that finds the triggers which an update of a row fires.</summary>
internal static class UpdateTriggers
{
    // Clones of a partitioned table's triggers count as internal in some versions; the triggers of keys and foreign keys
    // belong to constraints of other kinds.
    private const string Rows = """
        FROM pg_catalog.pg_trigger t LEFT JOIN pg_catalog.pg_constraint k ON k.oid = t.tgconstraint
        WHERE coalesce(k.contype, 't') = 't' AND t.tgenabled <> 'D' AND t.tgtype & 16 = 16 AND t.tgrelid =
        """;

    /// <summary>Their number, for the table whose oid <paramref name="oid"/> is.</summary>
    public static string CountOf(string oid) => $"(SELECT count(*) {Rows} {oid})";

    /// <summary>Whether <paramref name="leaf"/> has any.</summary>
    public static string ExistOn(LeafTable leaf) =>
        $"EXISTS (SELECT 1 {Rows} '{leaf.Quoted.Replace("'", "''", StringComparison.Ordinal)}'::regclass)";
}
