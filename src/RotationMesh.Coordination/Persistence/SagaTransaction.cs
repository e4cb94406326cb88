using Dapper;
using MassTransit;
using Npgsql;

namespace RotationMesh.Coordination.Persistence;

/// <summary>
/// The unit of work of one message for one saga: opened before the state machine runs, committed by the repository after
/// it, rolled back when disposed of without a commit.
/// </summary>
internal sealed class SagaTransaction<TSaga>(
    SagaSql sql,
    NpgsqlConnection connection,
    NpgsqlTransaction transaction,
    ISagaAudit<TSaga>? audit,
    ISagaSeal<TSaga>? seal
) : IAsyncDisposable
    where TSaga : class, ISaga
{
    private TSaga? before;
    private Action? told;

    /// <summary>What activities join: their writes commit with the saga's row or not at all.</summary>
    public NpgsqlTransaction Transaction => transaction;

    /// <summary>False for a message that is not to be heard, whatever is there of its saga.</summary>
    public Task<bool> MayHear(object message, CancellationToken cancellationToken) =>
        audit?.MayHearAsync(transaction, message, cancellationToken) ?? Task.FromResult(true);

    /// <summary>
    /// The instance, locked until this transaction ends, or null; null as well where somebody else wrote it, and the message
    /// is none that it may hear nevertheless. Waits for whoever holds the lock.
    /// </summary>
    public async Task<TSaga?> Load(Guid correlationId, object message, CancellationToken cancellationToken)
    {
        var loaded = await connection.QuerySingleOrDefaultAsync<TSaga?>(
            Command(sql.Lock, new { CorrelationId = correlationId }, cancellationToken)
        );
        if (loaded is not null && seal?.Holds(loaded, message) == false)
            return null;
        before = loaded is null ? null : audit?.Copy(loaded);
        return loaded;
    }

    /// <summary>
    /// False if the saga exists: an insert of the same id under way elsewhere is waited for, and <see cref="Load"/> then
    /// sees its row.
    /// </summary>
    public async Task<bool> Insert(TSaga saga, CancellationToken cancellationToken)
    {
        seal?.Seal(saga);
        return await connection.ExecuteAsync(Command(sql.Insert, saga, cancellationToken)) == 1;
    }

    /// <summary>False if the row is gone.</summary>
    public async Task<bool> Update(TSaga saga, CancellationToken cancellationToken)
    {
        seal?.Seal(saga);
        return await connection.ExecuteAsync(Command(sql.Update, saga, cancellationToken)) == 1;
    }

    /// <summary>False if the row is gone.</summary>
    public async Task<bool> Delete(TSaga saga, CancellationToken cancellationToken) =>
        await connection.ExecuteAsync(Command(sql.Delete, new { saga.CorrelationId }, cancellationToken))
        == 1;

    /// <summary>
    /// Called last, when the row is written: what the audit writes about it is committed with it, and a message that
    /// comes again finds the row changed and nothing to tell.
    /// </summary>
    public async Task Tell(TSaga after, object message, CancellationToken cancellationToken)
    {
        if (audit is not null)
            told = await audit.RecordAsync(transaction, before, after, message, cancellationToken);
    }

    /// <summary>Takes no token: a commit that is cancelled half-way leaves open whether it took place.</summary>
    public async Task Commit()
    {
        await transaction.CommitAsync(CancellationToken.None);
        told?.Invoke();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await transaction.DisposeAsync();
        await connection.DisposeAsync();
    }

    private CommandDefinition Command(string text, object parameters, CancellationToken cancellationToken) =>
        new(text, parameters, transaction, cancellationToken: cancellationToken);
}
