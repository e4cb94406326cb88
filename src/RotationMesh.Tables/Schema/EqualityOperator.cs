namespace RotationMesh.Tables.Schema;

/// <summary>
/// SQL that finds the operator by which a type compares its values. It takes the one of the type's default operator class,
/// as foreign keys do. An operator without a schema name would be looked up in the search path, where another role may
/// have put one with a better signature.
/// </summary>
internal static class EqualityOperator
{
    private const string OfServer = "OPERATOR(pg_catalog.=)";

    /// <summary>
    /// Returns SQL for the operator with its schema, for the type with the oid <paramref name="type"/>, which must not be a
    /// domain. Types without an operator class of their own (enums, arrays, and types compared as text) use the server's.
    /// </summary>
    public static string Of(string type) =>
        $"""
            coalesce((
                SELECT pg_catalog.format('OPERATOR(%I.%s)', n.nspname, o.oprname)
                FROM pg_catalog.pg_opclass c
                JOIN pg_catalog.pg_am m ON m.oid OPERATOR(pg_catalog.=) c.opcmethod
                JOIN pg_catalog.pg_amop a
                  ON a.amopfamily OPERATOR(pg_catalog.=) c.opcfamily
                    AND a.amoplefttype OPERATOR(pg_catalog.=) c.opcintype
                    AND a.amoprighttype OPERATOR(pg_catalog.=) c.opcintype
                    AND a.amopstrategy OPERATOR(pg_catalog.=)
                        CASE WHEN m.amname OPERATOR(pg_catalog.=) 'btree' THEN 3 ELSE 1 END
                JOIN pg_catalog.pg_operator o ON o.oid OPERATOR(pg_catalog.=) a.amopopr
                JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) o.oprnamespace
                WHERE c.opcintype OPERATOR(pg_catalog.=) {type} AND c.opcdefault
                  AND m.amname OPERATOR(pg_catalog.=) ANY (ARRAY['btree', 'hash']::pg_catalog.name[])
                ORDER BY m.amname LIMIT 1
            ), '{OfServer}')
            """;
}
