using Dapper;
using Npgsql;

namespace RotationMesh.Postgres.Control.Ledger;

/// <summary>Ends leases early, for one who knows that no worker holds them any more.</summary>
public sealed class PartitionLeases(NpgsqlDataSource source)
{
    private const string Expire = """
        UPDATE rotationmesh.partitions SET lease_until = now()
        WHERE state = 'dispatched' AND lease_until > now()
          AND sweep_table_id IN (SELECT sweep_table_id FROM rotationmesh.sweep_tables WHERE rotation_id = @rotationId)
        """;

    // The newest lease tells when something was last sent or heard of. Nobody vanished over these partitions that is known
    // of, so it is no strike against them.
    private const string Release = """
        WITH held AS (
            SELECT p.partition_id, p.lease_until
            FROM rotationmesh.sweep_tables t
            JOIN rotationmesh.partitions p ON p.sweep_table_id = t.sweep_table_id AND p.state = 'dispatched'
            WHERE t.rotation_id = @rotationId
        )
        UPDATE rotationmesh.partitions
        SET state = 'pending', lease_until = NULL, not_before = now()
        WHERE partition_id = ANY (ARRAY (SELECT partition_id FROM held)) AND state = 'dispatched'
          AND (SELECT max(lease_until) FROM held) <= now() + @quiet
        """;

    /// <summary>
    /// Takes back everything of a rotation that is with workers, if all of it was sent, or last heard of, at least
    /// <paramref name="silence"/> ago. Returns the number of partitions. What is done twice by that is harmless.
    /// </summary>
    public async Task<int> ReleaseAsync(
        Guid rotationId,
        TimeSpan silence,
        LedgerRules rules,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(rules);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteAsync(
            new CommandDefinition(
                Release,
                new { rotationId, quiet = rules.Lease - silence },
                cancellationToken: cancellationToken
            )
        );
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
}
