using Dapper;
using Npgsql;

namespace RotationMesh.Postgres.Control;

/// <summary>Closing totals of rotations in the control database, as JSON.</summary>
public sealed class SummaryStore(NpgsqlDataSource source)
{
    private const string Write = """
        UPDATE rotationmesh.rotations SET summary = @summary::jsonb WHERE correlation_id = @rotationId
        """;

    private const string Find = """
        SELECT summary::text FROM rotationmesh.rotations WHERE correlation_id = @rotationId AND ended_at IS NOT NULL
        """;

    private const string FindWritten = """
        SELECT summary::text FROM rotationmesh.rotations WHERE correlation_id = @rotationId
        """;

    /// <summary>Keeps the totals of a rotation that ends.</summary>
    public async Task WriteAsync(Guid rotationId, string summary, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(
            new CommandDefinition(Write, new { rotationId, summary }, cancellationToken: cancellationToken)
        );
    }

    /// <summary>The totals of a rotation; null before its end.</summary>
    public Task<string?> FindAsync(Guid rotationId, CancellationToken cancellationToken) =>
        FindAsync(Find, rotationId, cancellationToken);

    /// <summary>The totals that were written last, also before the end and of an earlier end; null where none were.</summary>
    public Task<string?> FindWrittenAsync(Guid rotationId, CancellationToken cancellationToken) =>
        FindAsync(FindWritten, rotationId, cancellationToken);

    private async Task<string?> FindAsync(string query, Guid rotationId, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteScalarAsync<string?>(
            new CommandDefinition(query, new { rotationId }, cancellationToken: cancellationToken)
        );
    }
}
