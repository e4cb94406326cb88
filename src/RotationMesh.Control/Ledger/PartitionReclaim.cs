using RotationMesh.Control.Queries;
using RotationMesh.Core;

namespace RotationMesh.Control.Ledger;

/// <summary>Takes partitions back from workers that sent nothing until their lease expired.</summary>
public sealed class PartitionReclaim(ControlDatabase control, LedgerRules rules)
{
    // A row that a settlement holds is skipped: its result came in time after all. An expired lease is a strike only where a
    // worker has begun this very attempt: a partition that waits behind others is not to blame, nor one whose heartbeats wait.
    private const string Reclaim = $"""
        WITH expired AS MATERIALIZED (
            SELECT partition_id, worker IS NOT NULL AND NOT {SettlementWaits.Any} AS begun
            FROM rotationmesh.partitions
            WHERE state = 'dispatched' AND lease_until <= now()
              AND NOT sweep_table_id = ANY (ARRAY (
                  SELECT sweep_table_id FROM rotationmesh.sweep_tables WHERE rotation_id = ANY (@silent)
              ))
            LIMIT 10000
            FOR UPDATE SKIP LOCKED
        )
        UPDATE rotationmesh.partitions p
        SET state = CASE WHEN e.begun AND p.expiries >= @MaxExpiries THEN 'failed' ELSE 'pending' END,
            settled_at = CASE WHEN e.begun AND p.expiries >= @MaxExpiries THEN now() END,
            expiries = p.expiries + e.begun::int, lease_until = NULL, not_before = now(),
            last_error = CASE WHEN e.begun THEN '{WorkerLoss.LeaseExpired}' ELSE p.last_error END,
            left_until = greatest(p.left_until, p.write_until), write_until = NULL
        FROM expired e
        WHERE p.partition_id = ANY (ARRAY (SELECT partition_id FROM expired)) AND p.partition_id = e.partition_id
        RETURNING p.sweep_table_id, p.state = 'failed' AS failed
        """;

    /// <summary>
    /// Returns partitions with expired leases to pending, 10,000 at most. A partition that workers had begun too often fails
    /// with <see cref="WorkerLoss.LeaseExpired"/>. The <paramref name="silent"/> rotations, of which nothing at all is heard,
    /// are left out: no worker is alive there, and the partitions are not to blame.
    /// </summary>
    public async Task<ReclaimTally> ReclaimAsync(
        IReadOnlyCollection<Guid> silent,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await control.Source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var reclaimed = await connection.QueryAsync<Reclaimed>(
            Reclaim,
            new { rules.MaxExpiries, silent = silent.ToArray() },
            cancellationToken
        );
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

/// <summary>Number of partitions that may be taken again, and of those that failed.</summary>
public readonly record struct ReclaimTally(int Requeued, int Failed);
