using RotationMesh.Control.Queries;
using RotationMesh.Core;

namespace RotationMesh.Control.Ledger;

/// <summary>Ends leases early, where the caller knows that no worker holds them any more.</summary>
public sealed class PartitionLeases(ControlDatabase control)
{
    private const string Expire = """
        UPDATE rotationmesh.partitions SET lease_until = now()
        WHERE state = 'dispatched' AND lease_until > now()
          AND sweep_table_id IN (SELECT sweep_table_id FROM rotationmesh.sweep_tables WHERE rotation_id = @rotationId)
        """;

    // The newest lease tells when a partition was last sent or heard of. A release is a strike against a partition only where
    // a worker has begun this very attempt, and so has vanished over it.
    private const string Release = $"""
        WITH held AS MATERIALIZED (
            SELECT p.partition_id, p.lease_until
            FROM rotationmesh.sweep_tables t
            JOIN rotationmesh.partitions p ON p.sweep_table_id = t.sweep_table_id AND p.state = 'dispatched'
            WHERE t.rotation_id = @rotationId
        ), quiet AS MATERIALIZED (
            SELECT partition_id, worker IS NOT NULL AS begun FROM rotationmesh.partitions
            WHERE partition_id = ANY (ARRAY (SELECT partition_id FROM held)) AND state = 'dispatched'
              AND (SELECT max(lease_until) FROM held) <= now() + @quiet
              AND NOT {SettlementWaits.Any}
            FOR UPDATE SKIP LOCKED
        )
        UPDATE rotationmesh.partitions p
        SET state = CASE WHEN q.begun AND p.expiries >= @MaxExpiries THEN 'failed' ELSE 'pending' END,
            settled_at = CASE WHEN q.begun AND p.expiries >= @MaxExpiries THEN now() END,
            expiries = p.expiries + q.begun::int, lease_until = NULL, not_before = now(),
            last_error = CASE WHEN q.begun THEN '{WorkerLoss.LeaseExpired}' ELSE p.last_error END,
            left_until = greatest(p.left_until, p.write_until), write_until = NULL
        FROM quiet q WHERE p.partition_id = q.partition_id
        RETURNING p.sweep_table_id, q.begun, p.state = 'failed' AS failed
        """;

    /// <summary>
    /// Takes back all dispatched partitions of a rotation, if each was sent, or last heard of, at least
    /// <paramref name="silence"/> ago, and nobody waits for a row of the ledger. It is harmless if one is then done twice. A
    /// partition over which workers vanished too often fails with <see cref="WorkerLoss.LeaseExpired"/>.
    /// </summary>
    public async Task<ReleaseTally> ReleaseAsync(
        Guid rotationId,
        TimeSpan silence,
        LedgerRules rules,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(rules);
        await using var connection = await control.Source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var released = await connection.QueryAsync<Released>(
            Release,
            new
            {
                rotationId,
                quiet = rules.Lease - silence,
                rules.MaxExpiries,
            },
            cancellationToken
        );
        var totals = new SweepTotals();
        foreach (var partition in released.Where(partition => partition.Failed))
            totals.AddFailed(partition.SweepTableId);
        await totals.WriteAsync(connection, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new ReleaseTally(released.Count, released.Count(partition => partition.Begun));
    }

    /// <summary>
    /// Ends all leases of a rotation that is continued after its process died, and with it all its workers. If one is alive
    /// after all, its partitions are done twice, which is harmless.
    /// </summary>
    public Task ExpireAsync(Guid rotationId, CancellationToken cancellationToken) =>
        control.ExecuteAsync(Expire, new { rotationId }, cancellationToken);

    private sealed record Released
    {
        public long SweepTableId { get; init; }
        public bool Begun { get; init; }
        public bool Failed { get; init; }
    }
}

/// <summary>Number of partitions that were taken back, and of those among them that a worker had begun.</summary>
public readonly record struct ReleaseTally(int Partitions, int Begun);
