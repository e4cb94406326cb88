using Npgsql;

namespace RotationMesh.Sample;

/// <summary>Creates the sample's tables in the first schema of the role's search path.</summary>
internal sealed class SampleSchema(NpgsqlDataSource source)
{
    private const string Vacuum =
        "VACUUM (ANALYZE) tenants, connectors, knowledge_sources, knowledge_entries";

    // The last step of a load gives the table its key.
    private const string IsWhole = """
        SELECT EXISTS (
            SELECT FROM pg_catalog.pg_class c
            JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
            JOIN pg_catalog.pg_constraint k ON k.conrelid OPERATOR(pg_catalog.=) c.oid
            WHERE n.nspname OPERATOR(pg_catalog.=) pg_catalog.current_schema()
              AND c.relname OPERATOR(pg_catalog.=) 'knowledge_entries' AND k.contype OPERATOR(pg_catalog.=) 'p'
              AND pg_catalog.obj_description(c.oid, 'pg_class') OPERATOR(pg_catalog.=) 'RotationMesh sample')
        """;

    /// <summary>Whether a sample was loaded to its end.</summary>
    public async Task<bool> IsLoadedAsync(CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(IsWhole);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>
    /// Creates empty tables without indexes. Throws <see cref="Core.UsageException"/> where a table or type is in the way.
    /// </summary>
    public async Task CreateAsync(bool replace, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        foreach (var occupant in await Occupant.FindAsync(connection, cancellationToken))
            occupant.Check(replace);
        if (replace)
            await RunAsync(connection, Read("drop.sql"), cancellationToken);
        await RunAsync(connection, Read("create.sql"), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Adds keys, indexes, foreign keys and policies to the filled tables, and the planner's statistics.</summary>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using (var transaction = await connection.BeginTransactionAsync(cancellationToken))
        {
            await RunAsync(connection, Read("finish.sql"), cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        await RunAsync(connection, Vacuum, cancellationToken);
    }

    private static async Task RunAsync(
        NpgsqlConnection connection,
        string sql,
        CancellationToken cancellationToken
    )
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.CommandTimeout = 0; // no limit: an index on many rows takes longer than any limit for queries
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static string Read(string name)
    {
        using var stream = typeof(SampleSchema).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
