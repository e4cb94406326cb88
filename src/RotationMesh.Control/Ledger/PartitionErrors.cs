using Dapper;
using Npgsql;
using RotationMesh.Postgres;

namespace RotationMesh.Control.Ledger;

/// <summary>Why partitions could not be done as a whole, by what their last attempt met.</summary>
public sealed class PartitionErrors(NpgsqlDataSource source)
{
    private const string Find = """
        SELECT p.last_error
        FROM rotationmesh.partitions p JOIN rotationmesh.sweep_tables t USING (sweep_table_id)
        WHERE t.rotation_id = @rotationId AND p.state = @state AND p.failures > 0 AND p.last_error IS NOT NULL
        GROUP BY 1 ORDER BY max(t.sweep) DESC, count(*) DESC, 1 LIMIT 1
        """;

    /// <summary>The commonest cause in the latest sweep, of those that failed for good; null where none did.</summary>
    public Task<string?> OfFailedAsync(Guid rotationId, CancellationToken cancellationToken) =>
        FindAsync(rotationId, "failed", cancellationToken);

    /// <summary>The same of those that wait to be tried again.</summary>
    public Task<string?> OfPendingAsync(Guid rotationId, CancellationToken cancellationToken) =>
        FindAsync(rotationId, "pending", cancellationToken);

    private async Task<string?> FindAsync(Guid rotationId, string state, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        var error = await connection.ExecuteScalarAsync<string?>(
            new CommandDefinition(Find, new { rotationId, state }, cancellationToken: cancellationToken)
        );
        return error is null ? null : DatabaseFaults.DescribeState(error);
    }
}
