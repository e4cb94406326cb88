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

    /// <summary>The transaction that activities join: their writes commit with the saga's row or not at all.</summary>
    public NpgsqlTransaction Transaction => transaction;

    /// <summary>Whether a message is to be handled; where not, it is ignored whether its saga exists or not.</summary>
    public Task<bool> MayHear(object message, CancellationToken cancellationToken) =>
        audit?.MayHearAsync(transaction, message, cancellationToken) ?? Task.FromResult(true);

    /// <summary>
    /// Loads the instance and locks it until this transaction ends; waits for the lock. Null where the instance is missing, and
    /// where its seal does not hold for the message.
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
    /// Inserts the saga; false if it exists. Waits for an insert of the same id that is under way elsewhere;
    /// <see cref="Load"/> then sees its row.
    /// </summary>
    public async Task<bool> Insert(TSaga saga, CancellationToken cancellationToken)
    {
        seal?.Seal(saga);
        return await connection.ExecuteAsync(Command(sql.Insert, saga, cancellationToken)) == 1;
    }

    /// <summary>Updates the row; false if it is gone.</summary>
    public async Task<bool> Update(TSaga saga, CancellationToken cancellationToken)
    {
        seal?.Seal(saga);
        return await connection.ExecuteAsync(Command(sql.Update, saga, cancellationToken)) == 1;
    }

    /// <summary>Deletes the row; false if it is gone.</summary>
    public async Task<bool> Delete(TSaga saga, CancellationToken cancellationToken) =>
        await connection.ExecuteAsync(Command(sql.Delete, new { saga.CorrelationId }, cancellationToken))
        == 1;

    /// <summary>
    /// Called last, after the row is written. What the audit records is committed with the row, so a message that comes again
    /// finds the row changed and nothing to record.
    /// </summary>
    public async Task Tell(TSaga after, object message, CancellationToken cancellationToken)
    {
        if (audit is not null)
            told = await audit.RecordAsync(transaction, before, after, message, cancellationToken);
    }

    /// <summary>
    /// Commits, and then does what the audit returned. Takes no token: a commit that is cancelled half-way leaves open whether
    /// it took place.
    /// </summary>
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
