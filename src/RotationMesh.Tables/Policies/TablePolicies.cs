using Npgsql;

namespace RotationMesh.Tables.Policies;

/// <summary>The policies that decide which rows of a table this role sees and may update.</summary>
internal static class TablePolicies
{
    // A policy applies to every role that has the privileges of one of its roles (0: everybody). pg_depend lists what its
    // condition uses, except the server's own functions. Of these, the query finds by name those whose result depends on
    // more than their arguments. Functions of extensions count as the server's own. A body in standard SQL is stored
    // parsed: the server prints it after the function's head.
    private const string List = """
        WITH applying AS (
            SELECT p.oid, p.polrelid, p.polname, p.polpermissive, p.polcmd,
                   pg_catalog.pg_get_expr(p.polqual, p.polrelid) AS shows
            FROM pg_catalog.pg_policy p
            WHERE p.polrelid OPERATOR(pg_catalog.=) ANY (@oids::bigint[]::pg_catalog.oid[])
              AND p.polcmd OPERATOR(pg_catalog.=) ANY (ARRAY['*', 'r', 'w']::pg_catalog."char"[])
              AND EXISTS (SELECT FROM pg_catalog.unnest(p.polroles) AS r (oid)
                          WHERE CASE WHEN r.oid OPERATOR(pg_catalog.=) 0 THEN true
                                     ELSE pg_catalog.pg_has_role(r.oid, 'USAGE') END)),
        needed AS (
            SELECT d.objid AS policy, d.refclassid, d.refobjid, d.refobjsubid
            FROM applying p JOIN pg_catalog.pg_depend d ON d.objid OPERATOR(pg_catalog.=) p.oid
            WHERE d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_policy'::pg_catalog.regclass::pg_catalog.oid),
        called AS (
            SELECT DISTINCT d.policy, f.oid, f.proname, f.prolang, f.prosrc, f.prokind, f.prorettype, f.proconfig,
                   o.oprname AS operator
            FROM needed d
            LEFT JOIN pg_catalog.pg_operator o ON o.oid OPERATOR(pg_catalog.=) d.refobjid
              AND d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_operator'::pg_catalog.regclass::pg_catalog.oid
            JOIN pg_catalog.pg_proc f ON f.oid OPERATOR(pg_catalog.=) coalesce(o.oprcode::pg_catalog.oid, d.refobjid)
            WHERE (o.oid IS NOT NULL OR
                   d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_proc'::pg_catalog.regclass::pg_catalog.oid)
              AND NOT EXISTS (
                  SELECT FROM pg_catalog.pg_depend e
                  WHERE e.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_proc'::pg_catalog.regclass::pg_catalog.oid
                    AND e.objid OPERATOR(pg_catalog.=) f.oid AND e.deptype OPERATOR(pg_catalog.=) 'e'))
        SELECT p.polrelid::bigint AS Table, pg_catalog.quote_ident(p.polname::pg_catalog.text) AS Name,
               pg_catalog.quote_ident(@tenant) AS Tenant,
               p.polpermissive AS IsPermissive, p.polcmd::pg_catalog.text AS Command, p.shows AS Shows,
               array(SELECT pg_catalog.quote_ident(a.attname::pg_catalog.text)
                     FROM needed d
                     JOIN pg_catalog.pg_attribute a ON a.attrelid OPERATOR(pg_catalog.=) d.refobjid
                       AND a.attnum OPERATOR(pg_catalog.=) d.refobjsubid
                     WHERE d.policy OPERATOR(pg_catalog.=) p.oid AND d.refobjid OPERATOR(pg_catalog.=) p.polrelid
                       AND d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid
                       AND a.attname OPERATOR(pg_catalog.<>) @tenant
                     ORDER BY a.attnum) AS Columns,
               array(SELECT DISTINCT d.refobjid::pg_catalog.regclass::pg_catalog.text
                     FROM needed d
                     WHERE d.policy OPERATOR(pg_catalog.=) p.oid AND d.refobjid OPERATOR(pg_catalog.<>) p.polrelid
                       AND d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid
                     ORDER BY 1) AS Relations,
               array(SELECT t.type
                     FROM pg_catalog.pg_attribute a
                     JOIN pg_catalog.pg_type y ON y.oid OPERATOR(pg_catalog.=) a.atttypid
                     CROSS JOIN LATERAL (
                         WITH RECURSIVE domains AS (
                             SELECT y.oid, a.atttypmod AS modifier
                             UNION ALL
                             SELECT b.typbasetype, b.typtypmod
                             FROM domains u JOIN pg_catalog.pg_type b ON b.oid OPERATOR(pg_catalog.=) u.oid
                             WHERE b.typbasetype OPERATOR(pg_catalog.<>) 0)
                         SELECT pg_catalog.format_type(u.oid, u.modifier) AS type FROM domains u) AS t
                     WHERE a.attrelid OPERATOR(pg_catalog.=) p.polrelid AND a.attname OPERATOR(pg_catalog.=) @tenant
                       AND t.type IS NOT NULL) AS TenantTypes,
               array(SELECT f.proname::pg_catalog.text
                     FROM pg_catalog.regexp_matches(p.shows, '([a-z_][a-z0-9_]*)\(', 'g') AS m (words)
                     JOIN pg_catalog.pg_proc f ON f.proname OPERATOR(pg_catalog.=) m.words[1]
                     WHERE f.pronamespace OPERATOR(pg_catalog.=) 'pg_catalog'::pg_catalog.regnamespace::pg_catalog.oid
                       AND f.proname OPERATOR(pg_catalog.<>) ALL (
                           ARRAY['current_setting', 'concat', 'concat_ws', 'format', 'array_to_string'])
                     GROUP BY f.proname HAVING pg_catalog.bool_and(f.provolatile OPERATOR(pg_catalog.<>) 'i')
                     ORDER BY 1) AS SessionFunctions,
               array(SELECT DISTINCT f.operator::pg_catalog.text FROM called f
                     WHERE f.policy OPERATOR(pg_catalog.=) p.oid AND f.operator IS NOT NULL ORDER BY 1) AS Operators,
               array(SELECT v.text
                     FROM called f
                     JOIN pg_catalog.pg_language l ON l.oid OPERATOR(pg_catalog.=) f.prolang
                     CROSS JOIN LATERAL (VALUES
                         (1, f.oid::pg_catalog.regproc::pg_catalog.text), (2, f.proname::pg_catalog.text),
                         (3, l.lanname::pg_catalog.text), (4, pg_catalog.format_type(f.prorettype, NULL)),
                         (5, coalesce(pg_catalog.array_to_string(f.proconfig, ' '), '')),
                         (6, CASE WHEN f.prosrc OPERATOR(pg_catalog.=) '' AND f.prokind OPERATOR(pg_catalog.=) 'f'
                                  THEN coalesce(pg_catalog.substring(pg_catalog.pg_get_functiondef(f.oid),
                                                                     '\n((?:RETURN |BEGIN ATOMIC\n).*)$'), '')
                                  ELSE f.prosrc END)) AS v (place, text)
                     WHERE f.policy OPERATOR(pg_catalog.=) p.oid AND f.operator IS NULL
                     ORDER BY f.oid, v.place) AS FunctionTexts
        FROM applying p ORDER BY p.polrelid, p.polname
        """;

    /// <summary>Lists the policies of these tables that apply where this role reads or updates rows.</summary>
    public static Task<IReadOnlyList<TablePolicy>> ListAsync(
        NpgsqlConnection connection,
        long[] oids,
        string tenant,
        CancellationToken cancellationToken
    ) => connection.PreparedAsync<TablePolicy>(List, cancellationToken, ("oids", oids), ("tenant", tenant));
}

/// <summary>A policy as the catalog has it; names are quoted where they have to be.</summary>
internal sealed record TablePolicy
{
    /// <summary>The oid of its table.</summary>
    public long Table { get; init; }

    public string Name { get; init; } = "";

    /// <summary>Whether it adds rows to those that are seen; a restrictive one takes some away.</summary>
    public bool IsPermissive { get; init; }

    /// <summary><c>r</c> for reading, <c>w</c> for updates, <c>*</c> for everything.</summary>
    public string Command { get; init; } = "";

    /// <summary>The condition for existing rows; null where it has none.</summary>
    public string? Shows { get; init; }

    /// <summary>Columns of its table that it uses, also those for new rows alone; the tenant's column is left out.</summary>
    public string[] Columns { get; init; } = [];

    /// <summary>Other tables that it reads, also those for new rows alone.</summary>
    public string[] Relations { get; init; } = [];

    /// <summary>The tenant's column.</summary>
    public string Tenant { get; init; } = "";

    /// <summary>The type of the tenant's column, and where that is a domain, its base type as well.</summary>
    public string[] TenantTypes { get; init; } = [];

    /// <summary>The server's own functions whose result depends on more than their arguments.</summary>
    public string[] SessionFunctions { get; init; } = [];

    /// <summary>Operators that are not the server's own.</summary>
    public string[] Operators { get; init; } = [];

    /// <summary>Functions that are not the server's own: six texts each, in the order of <see cref="PolicyFunction"/>.</summary>
    public string[] FunctionTexts { get; init; } = [];

    public IReadOnlyList<PolicyFunction> Functions =>
        [
            .. FunctionTexts
                .Chunk(6)
                .Select(text => new PolicyFunction(text[0], text[1], text[2], text[3], text[4], text[5])),
        ];
}

/// <summary>
/// A function that a policy calls: its name as the server shows it, its bare name, its language, the type of its result,
/// the settings that it sets for itself, and its body.
/// </summary>
internal sealed record PolicyFunction(
    string Shown,
    string Name,
    string Language,
    string Answer,
    string Settings,
    string Source
)
{
    public bool Is(string name) => Name == name;
}
