using Npgsql;
using RotationMesh.Core;

namespace RotationMesh.Sample;

/// <summary>An existing table or type with a name of the sample.</summary>
internal sealed record Occupant(string Kind, string Name, bool IsSample)
{
    private const string Find = """
        SELECT 'table', c.relname::pg_catalog.text,
               coalesce(pg_catalog.obj_description(c.oid, 'pg_class') OPERATOR(pg_catalog.=) 'RotationMesh sample', false)
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
        WHERE n.nspname OPERATOR(pg_catalog.=) pg_catalog.current_schema() AND c.relname OPERATOR(pg_catalog.=) ANY (
            ARRAY['tenants', 'connectors', 'knowledge_sources', 'knowledge_entries']::pg_catalog.name[])
        UNION ALL
        SELECT 'type', t.typname::pg_catalog.text,
               coalesce(pg_catalog.obj_description(t.oid, 'pg_type') OPERATOR(pg_catalog.=) 'RotationMesh sample', false)
        FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) t.typnamespace
        WHERE n.nspname OPERATOR(pg_catalog.=) pg_catalog.current_schema()
          AND t.typname OPERATOR(pg_catalog.=) ANY (ARRAY['ConnectorProvider', 'ConnectorStatus']::pg_catalog.name[])
        ORDER BY 1, 2
        """;

    public static async Task<IReadOnlyList<Occupant>> FindAsync(
        NpgsqlConnection connection,
        CancellationToken cancellationToken
    )
    {
        var found = new List<Occupant>();
        await using var command = connection.CreateCommand();
        command.CommandText = Find;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            found.Add(new Occupant(reader.GetString(0), reader.GetString(1), reader.GetBoolean(2)));
        return found;
    }

    /// <summary>
    /// Throws <see cref="UsageException"/> unless it may be dropped. A request to replace is not enough: the sample has the
    /// application's table names, and the connection string may be the application's as well.
    /// </summary>
    public void Check(bool replace)
    {
        if (!IsSample)
            throw new UsageException(
                $"the {Kind} {Name} exists and was not made by a sample load: use another database, or drop it yourself"
            );
        if (!replace)
            throw new UsageException(
                $"the {Kind} {Name} of an earlier sample load exists: give --replace to drop the sample and load it anew"
            );
    }
}
