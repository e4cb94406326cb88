using Dapper;
using Npgsql;
using RotationMesh.Core;

namespace RotationMesh.Control.Ledger;

/// <summary>Ends leases early, for one who knows that no worker holds them any more.</summary>
public sealed class PartitionLeases(NpgsqlDataSource source)
{
    private const string Expire = """
        UPDATE rotationmesh.partitions SET lease_until = now()
        WHERE state = 'dispatched' AND lease_until > now()
          AND sweep_table_id IN (SELECT sweep_table_id FROM rotationmesh.sweep_tables WHERE rotation_id = @rotationId)
        """;

    // The newest lease tells when something was last sent or heard of. It is a strike against a partition only where a
    // worker has said that it is at this very attempt, and so has vanished over it.
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
    /// Takes back everything of a rotation that is with workers, if all of it was sent, or last heard of, at least
    /// <paramref name="silence"/> ago. What is done twice by that is harmless. A partition over which workers vanished too
    /// often fails with <see cref="WorkerLoss.LeaseExpired"/>.
    /// </summary>
    public async Task<ReleaseTally> ReleaseAsync(
        Guid rotationId,
        TimeSpan silence,
        LedgerRules rules,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(rules);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var released = (
            await connection.QueryAsync<Released>(
                new CommandDefinition(
                    Release,
                    new
                    {
                        rotationId,
                        quiet = rules.Lease - silence,
                        rules.MaxExpiries,
                    },
                    cancellationToken: cancellationToken
                )
            )
        ).AsList();
        var totals = new SweepTotals();
        foreach (var partition in released.Where(partition => partition.Failed))
            totals.AddFailed(partition.SweepTableId);
        await totals.WriteAsync(connection, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new ReleaseTally(released.Count, released.Count(partition => partition.Begun));
    }

    /// <summary>
    /// Called when a rotation is gone on with whose process, and with it all its workers, is dead. Where one was alive
    /// after all, its partitions are done twice, which is harmless.
    /// </summary>
    public async Task ExpireAsync(Guid rotationId, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(
            new CommandDefinition(Expire, new { rotationId }, cancellationToken: cancellationToken)
        );
    }

    private sealed record Released
    {
        public long SweepTableId { get; init; }
        public bool Begun { get; init; }
        public bool Failed { get; init; }
    }
}

/// <summary>Partitions that were taken back, and those of them that a worker had begun and vanished over.</summary>
public readonly record struct ReleaseTally(int Partitions, int Begun);
