using Dapper;
using Npgsql;

namespace RotationMesh.Postgres.Control;

/// <summary>Closing totals of rotations in the control database, as JSON.</summary>
public sealed class SummaryStore(NpgsqlDataSource source)
{
    // Not of a rotation that has moved on: the totals of its end stay.
    private const string Write = """
        UPDATE rotationmesh.rotations SET summary = @summary::jsonb
        WHERE correlation_id = @rotationId AND sweep = @sweep AND NOT concluded
        """;

    private const string Find = """
        SELECT summary::text FROM rotationmesh.rotations WHERE correlation_id = @rotationId AND ended_at IS NOT NULL
        """;

    private const string FindWritten = """
        SELECT summary::text FROM rotationmesh.rotations WHERE correlation_id = @rotationId
        """;

    /// <summary>
    /// Keeps the totals of a rotation that ends after that sweep, over the session that holds the guard. False where the
    /// rotation has moved on.
    /// </summary>
    public static async Task<bool> WriteAsync(
        HeldWork held,
        Guid rotationId,
        int sweep,
        string summary,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(held);
        var written = await held.Connection.ExecuteAsync(
            new CommandDefinition(
                Write,
                new
                {
                    rotationId,
                    sweep,
                    summary,
                },
                cancellationToken: cancellationToken
            )
        );
        return written == 1;
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
