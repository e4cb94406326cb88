using Dapper;
using Npgsql;
using RotationMesh.Core;

namespace RotationMesh.Control.Ledger;

/// <summary>Takes partitions back from workers that were not heard of until their lease ran out.</summary>
public sealed class PartitionReclaim(NpgsqlDataSource source, LedgerRules rules)
{
    // Rows that a settlement holds are skipped: their result came in time after all.
    private const string Reclaim = $"""
        WITH expired AS MATERIALIZED (
            SELECT partition_id FROM rotationmesh.partitions
            WHERE state = 'dispatched' AND lease_until <= now()
              AND NOT sweep_table_id = ANY (ARRAY (
                  SELECT sweep_table_id FROM rotationmesh.sweep_tables WHERE rotation_id = ANY (@silent)
              ))
            LIMIT 10000
            FOR UPDATE SKIP LOCKED
        )
        UPDATE rotationmesh.partitions p
        SET state = CASE WHEN p.expiries >= @MaxExpiries THEN 'failed' ELSE 'pending' END,
            settled_at = CASE WHEN p.expiries >= @MaxExpiries THEN now() END,
            expiries = p.expiries + 1, lease_until = NULL, not_before = now(), last_error = '{WorkerLoss.LeaseExpired}',
            left_until = greatest(p.left_until, p.write_until), write_until = NULL
        WHERE p.partition_id = ANY (ARRAY (SELECT partition_id FROM expired))
        RETURNING p.sweep_table_id, p.state = 'failed' AS failed
        """;

    /// <summary>The same, of all rotations.</summary>
    public Task<ReclaimTally> ReclaimAsync(CancellationToken cancellationToken) =>
        ReclaimAsync([], cancellationToken);

    /// <summary>
    /// Returns partitions with expired leases to pending, 10,000 at most; those whose lease ran out too often fail with
    /// <see cref="WorkerLoss.LeaseExpired"/>. Rotations of which nothing at all is heard are left out: there no worker is alive, and
    /// the partitions are not to blame.
    /// </summary>
    public async Task<ReclaimTally> ReclaimAsync(
        IReadOnlyCollection<Guid> silent,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var rows = await connection.QueryAsync<Reclaimed>(
            new CommandDefinition(
                Reclaim,
                new { rules.MaxExpiries, silent = silent.ToArray() },
                cancellationToken: cancellationToken
            )
        );
        var reclaimed = rows.AsList();
        var totals = new SweepTotals();
        foreach (var partition in reclaimed.Where(partition => partition.Failed))
            totals.AddFailed(partition.SweepTableId);
        await totals.WriteAsync(connection, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        var failed = reclaimed.Count(partition => partition.Failed);
        return new ReclaimTally(reclaimed.Count - failed, failed);
    }

    private sealed record Reclaimed
    {
        public long SweepTableId { get; init; }
        public bool Failed { get; init; }
    }
}

/// <summary>Partitions that may be taken again, and those that failed.</summary>
public readonly record struct ReclaimTally(int Requeued, int Failed);
