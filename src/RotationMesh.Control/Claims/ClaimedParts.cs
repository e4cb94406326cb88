namespace RotationMesh.Control.Claims;

/// <summary>
/// The tables that held rows of a rotation's tables at any time since it began: these themselves and their leaves. One that was
/// replaced or detached meanwhile stays among them: it may have rows that nobody rotated.
/// </summary>
public sealed class ClaimedParts(ControlDatabase control)
{
    /// <summary>
    /// Whether a claim <c>c</c> is of the database that answers now (<c>excluded</c>). Either identity is null where it is not
    /// known, and is the database's oid alone where its server could not be told.
    /// </summary>
    internal const string MayBeSame = """
        coalesce(
            split_part(c.identity, '/', 2) = split_part(excluded.identity, '/', 2)
            AND (c.identity = excluded.identity OR starts_with(c.identity, '/') OR starts_with(excluded.identity, '/')), true)
        """;

    /// <summary>The relations of a claim with those that its table has now. Oids of another database mean other tables.</summary>
    internal const string AllRelations = $"""
        CASE WHEN {MayBeSame}
             THEN (SELECT array_agg(DISTINCT r.oid) FROM unnest(c.relations || excluded.relations) AS r (oid))
             ELSE c.relations END
        """;

    /// <summary>The parts of a claim with those that its table has now, each by its latest name.</summary>
    internal const string AllParts = $$"""
        CASE WHEN {{MayBeSame}} THEN nullif(coalesce(c.parts, '{}') || coalesce(excluded.parts, '{}'), '{}')
             ELSE c.parts END
        """;

    /// <summary>
    /// Parts by table that were recorded for the rotation before it was retried: it gave up its claims at its end, and a part
    /// that was detached is to be told again.
    /// </summary>
    internal const string Recorded = """
        (SELECT database_name, identity, CASE part_of WHEN '' THEN table_name ELSE part_of END AS whole,
                jsonb_object_agg(relation::text, CASE part_of WHEN '' THEN '' ELSE table_name END) AS parts
         FROM rotationmesh.rotated_tables WHERE rotation_id = @rotationId AND relation > 0
         GROUP BY 1, 2, 3)
        """;

    private const string List = """
        SELECT c.database_name AS database, c.table_name AS "table", part.key::bigint AS relation,
               part.value = '' AS is_whole
        FROM rotationmesh.claims c CROSS JOIN jsonb_each_text(c.parts) AS part
        WHERE c.rotation_id = @rotationId
        """;

    /// <summary>Lists them; none of a table that an earlier release claimed, or whose database did not answer.</summary>
    public Task<IReadOnlyList<ClaimedPart>> ListAsync(Guid rotationId, CancellationToken cancellationToken) =>
        control.QueryAsync<ClaimedPart>(List, new { rotationId }, cancellationToken);
}

/// <summary>A table that held rows of a rotation's table.</summary>
public sealed record ClaimedPart
{
    /// <summary>Name of the database in the rotation's map.</summary>
    public string Database { get; init; } = "";

    /// <summary>The rotation's table, as its map names it.</summary>
    public string Table { get; init; } = "";

    /// <summary>Oid of the part.</summary>
    public long Relation { get; init; }

    /// <summary>Whether it had the name of the rotation's table itself, when it was last claimed.</summary>
    public bool IsWhole { get; init; }
}
