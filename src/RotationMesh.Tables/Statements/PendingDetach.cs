namespace RotationMesh.Tables.Statements;

/// <summary>
/// SQL about leaves that are about to be detached: <c>DETACH PARTITION … CONCURRENTLY</c> still runs, or was interrupted. Queries
/// of their table omit them for as long as that lasts, so they count as detached, though the catalog calls them partitions.
/// </summary>
internal static class PendingDetach
{
    /// <summary>Condition that the row <c>i</c> of pg_inherits is of such a leaf; servers before 14 do not know of any.</summary>
    public const string IsPending = """
        coalesce((pg_catalog.to_jsonb(i) OPERATOR(pg_catalog.->>) 'inhdetachpending')::pg_catalog.bool, false)
        """;

    /// <summary>
    /// Returns SQL for the statement that ends this for the table with the oid <paramref name="oid"/>, or for the branch above it
    /// that is about to be detached; null for others.
    /// </summary>
    public static string EndOf(string oid) =>
        $"""
            (WITH RECURSIVE up AS (
                SELECT {oid} AS oid
                UNION
                SELECT i.inhparent FROM pg_catalog.pg_inherits i JOIN up ON i.inhrelid OPERATOR(pg_catalog.=) up.oid)
             SELECT pg_catalog.format('ALTER TABLE %I.%I DETACH PARTITION %I.%I FINALIZE',
                                      ws.nspname, whole.relname, ps.nspname, part.relname)
             FROM up
             JOIN pg_catalog.pg_inherits i ON i.inhrelid OPERATOR(pg_catalog.=) up.oid AND {IsPending}
             JOIN pg_catalog.pg_class whole ON whole.oid OPERATOR(pg_catalog.=) i.inhparent
             JOIN pg_catalog.pg_namespace ws ON ws.oid OPERATOR(pg_catalog.=) whole.relnamespace
             JOIN pg_catalog.pg_class part ON part.oid OPERATOR(pg_catalog.=) i.inhrelid
             JOIN pg_catalog.pg_namespace ps ON ps.oid OPERATOR(pg_catalog.=) part.relnamespace
             LIMIT 1)
            """;
}
