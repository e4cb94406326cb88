using Dapper;
using RotationMesh.Core.Map;

namespace RotationMesh.Tables.Schema;

/// <summary>Finds the tables of a database by name. A name without a schema finds the tables of every schema.</summary>
public sealed class TablesByName(ApplicationDatabases databases)
{
    private const string Find = """
        SELECT pg_catalog.format('%I.%I', n.nspname, c.relname)
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
        WHERE c.relname OPERATOR(pg_catalog.=) @name AND c.relkind OPERATOR(pg_catalog.=) ANY ('{r,p,f}'::"char"[])
          AND (@schema::pg_catalog.text IS NULL OR n.nspname OPERATOR(pg_catalog.=) @schema)
        ORDER BY n.nspname
        """;

    /// <summary>Returns each table with its schema; an empty list if none has the name.</summary>
    public async Task<IReadOnlyList<string>> FindAsync(
        string database,
        SqlName table,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(table);
        await using var connection = await databases.OpenReadingAsync(database, cancellationToken);
        var found = await connection.QueryAsync<string>(
            new CommandDefinition(
                Find,
                new { name = table.Name.Name, schema = table.Schema?.Name },
                cancellationToken: cancellationToken
            )
        );
        return found.AsList();
    }
}
