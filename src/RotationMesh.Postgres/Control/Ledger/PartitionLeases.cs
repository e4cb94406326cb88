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
