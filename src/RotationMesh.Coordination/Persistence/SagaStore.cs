using System.Data;
using Dapper;
using MassTransit;
using Npgsql;

namespace RotationMesh.Coordination.Persistence;

/// <summary>
/// The table of one saga in one database: the singleton behind the scoped parts of the repository. It borrows the data
/// source and does not dispose of it.
/// </summary>
internal sealed class SagaStore<TSaga>(
    SagaTable<TSaga> table,
    NpgsqlDataSource dataSource,
    ISagaAudit<TSaga>? audit = null,
    ISagaSeal<TSaga>? seal = null
)
    where TSaga : class, ISaga
{
    public SagaTable<TSaga> Table => table;

    /// <summary>
    /// Opens a connection and a transaction for one message. READ COMMITTED, because each statement must see what the holder
    /// of the lock has just committed; a stricter level would fail instead of waiting.
    /// </summary>
    public async Task<SagaTransaction<TSaga>> BeginAsync(CancellationToken cancellationToken)
    {
        var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        try
        {
            var transaction = await connection.BeginTransactionAsync(
                IsolationLevel.ReadCommitted,
                cancellationToken
            );
            return new SagaTransaction<TSaga>(table.Sql, connection, transaction, audit, seal);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Reads the instance as it was last committed, or null; neither waits for a lock nor takes one.</summary>
    public async Task<TSaga?> ReadAsync(Guid correlationId, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        return await connection.QuerySingleOrDefaultAsync<TSaga>(
            new CommandDefinition(
                table.Sql.Read,
                new { CorrelationId = correlationId },
                cancellationToken: cancellationToken
            )
        );
    }
}
