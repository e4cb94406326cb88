using Dapper;

namespace RotationMesh.Tables.Schema;

/// <summary>
/// Finds the schemas of the search path in which other roles may create objects: roles that are not the owner, a superuser
/// or this role. SQL without schema names may then call their objects. Our own statements name every schema, but triggers,
/// policies and the map's SQL run in the same session.
/// </summary>
public sealed class OpenSchemas(ApplicationDatabases databases)
{
    private const string Find = """
        SELECT pg_catalog.quote_ident(n.nspname::pg_catalog.text) AS Schema,
               CASE WHEN a.grantee OPERATOR(pg_catalog.=) 0 THEN 'PUBLIC'
                    ELSE pg_catalog.quote_ident(r.rolname::pg_catalog.text) END AS Role
        FROM pg_catalog.unnest(pg_catalog.current_schemas(false)) WITH ORDINALITY AS path (schema, place)
        JOIN pg_catalog.pg_namespace n ON n.nspname OPERATOR(pg_catalog.=) path.schema
        CROSS JOIN LATERAL pg_catalog.aclexplode(n.nspacl) AS a
        LEFT JOIN pg_catalog.pg_roles r ON r.oid OPERATOR(pg_catalog.=) a.grantee
        WHERE a.privilege_type OPERATOR(pg_catalog.=) 'CREATE' AND a.grantee OPERATOR(pg_catalog.<>) n.nspowner
          AND r.rolsuper IS NOT TRUE AND (r.rolname OPERATOR(pg_catalog.=) current_user) IS NOT TRUE
        ORDER BY path.place, 2
        """;

    /// <summary>Returns each schema with a role that may create there, quoted where SQL needs it; <c>PUBLIC</c> is everybody.</summary>
    public async Task<IReadOnlyList<(string Schema, string Role)>> FindAsync(
        string database,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await databases.OpenReadingAsync(database, cancellationToken);
        var found = await connection.QueryAsync<(string, string)>(
            new CommandDefinition(Find, cancellationToken: cancellationToken)
        );
        return found.AsList();
    }
}
