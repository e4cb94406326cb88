using Npgsql;
using RotationMesh.Core;

namespace RotationMesh.Sample;

/// <summary>A table or type that bears a name of the sample.</summary>
internal sealed record Occupant(string Kind, string Name, bool IsSample)
{
    private const string Find = """
        SELECT 'table', c.relname::text, coalesce(obj_description(c.oid, 'pg_class') = 'RotationMesh sample', false)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = current_schema()
          AND c.relname IN ('tenants', 'connectors', 'knowledge_sources', 'knowledge_entries')
        UNION ALL
        SELECT 'type', t.typname::text, coalesce(obj_description(t.oid, 'pg_type') = 'RotationMesh sample', false)
        FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
        WHERE n.nspname = current_schema() AND t.typname IN ('ConnectorProvider', 'ConnectorStatus')
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
    /// Throws <see cref="UsageException"/> unless it may be dropped. Asking for a replacement is not enough: the sample
    /// has the application's table names, and the connection string may be the application's too.
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
