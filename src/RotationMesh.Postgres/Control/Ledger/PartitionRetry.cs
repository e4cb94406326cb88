using Dapper;
using Npgsql;

namespace RotationMesh.Postgres.Control.Ledger;

/// <summary>Gives failed partitions another chance, when an operator says so.</summary>
public sealed class PartitionRetry(NpgsqlDataSource source)
{
    private const string Retry = """
        WITH failed AS MATERIALIZED (
            SELECT p.partition_id
            FROM rotationmesh.sweep_tables t JOIN rotationmesh.partitions p USING (sweep_table_id)
            WHERE t.rotation_id = @rotationId AND (@scope::text IS NULL OR t.scope = @scope) AND p.state = 'failed'
              AND (@tenant::text IS NULL OR NOT p.range ? 'tenants' OR p.range -> 'tenants' ? @tenant)
            ORDER BY p.partition_id
            FOR UPDATE OF p
        ), retried AS (
            UPDATE rotationmesh.partitions p
            SET state = 'pending', settled_at = NULL, not_before = now(), failures = 0, expiries = 0
            WHERE p.partition_id = ANY (ARRAY (SELECT partition_id FROM failed))
            RETURNING p.sweep_table_id
        )
        SELECT sweep_table_id AS table_id, count(*) AS partitions FROM retried GROUP BY sweep_table_id
        """;

    /// <summary>
    /// Makes failed partitions pending again, as if they had not been tried, and returns how many. A scope narrows it
    /// to its tables, a tenant to the partitions that may hold rows of it.
    /// </summary>
    public async Task<long> RetryAsync(
        Guid rotationId,
        string? scope,
        string? tenant,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var rows = await connection.QueryAsync<(long TableId, long Partitions)>(
            new CommandDefinition(
                Retry,
                new
                {
                    rotationId,
                    scope,
                    tenant,
                },
                cancellationToken: cancellationToken
            )
        );
        var retried = rows.AsList();
        var totals = new SweepTotals();
        foreach (var (tableId, partitions) in retried)
            totals.AddFailed(tableId, -partitions);
        await totals.WriteAsync(connection, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return retried.Sum(table => table.Partitions);
    }
}
