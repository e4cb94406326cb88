using Dapper;
using MassTransit;
using MassTransit.Context;
using MassTransit.Saga;
using Npgsql;
using RotationMesh.Coordination.Saga;

namespace RotationMesh.Coordination.Persistence;

/// <summary>
/// The repository while MassTransit handles one message. It calls Load first. For a rotation that is found, it runs the
/// state machine and then calls Update, or Undo. For a missing one, it calls Add, runs the state machine, and then calls
/// Save or Discard.
/// </summary>
internal sealed class RotationContext<TMessage>(
    ConsumeContext<TMessage> consumeContext,
    NpgsqlTransaction transaction,
    RotationAudit audit,
    RotationSeal seal
) : ConsumeContextScope<TMessage>(consumeContext), SagaRepositoryContext<Rotation, TMessage>
    where TMessage : class
{
    private Rotation? before;
    private Action? recorded;

    /// <summary>Called with a new rotation that the state machine will fill; nothing is written yet.</summary>
    public Task<SagaConsumeContext<Rotation, TMessage>> Add(Rotation instance) =>
        CreateSagaConsumeContext(this, instance, SagaConsumeContextMode.Add);

    /// <summary>Called by events that insert before the state machine runs; no event does. Null: load instead.</summary>
    public Task<SagaConsumeContext<Rotation, TMessage>?> Insert(Rotation instance) =>
        Task.FromResult<SagaConsumeContext<Rotation, TMessage>?>(null);

    /// <summary>
    /// Loads the rotation and locks it until the transaction ends; waits for the lock. Null where it is missing, and where its
    /// seal does not hold for the message.
    /// </summary>
    public async Task<SagaConsumeContext<Rotation, TMessage>?> Load(Guid correlationId)
    {
        var loaded = await transaction.Connection!.QuerySingleOrDefaultAsync<Rotation?>(
            Command(RotationSql.Lock, new { CorrelationId = correlationId })
        );
        if (loaded is null || !seal.Holds(loaded, Message))
            return null;
        before = loaded.Copy();
        return await CreateSagaConsumeContext(this, loaded, SagaConsumeContextMode.Load);
    }

    /// <summary>
    /// Called after Add. Throws <see cref="ConcurrencyException"/> where another message was quicker: the retry loads that
    /// row, and the state machine treats this message as a duplicate.
    /// </summary>
    public Task Save(SagaConsumeContext<Rotation> context) =>
        Write(context.Saga, RotationSql.Insert, "the rotation was started by another message");

    /// <summary>Called after Load.</summary>
    public Task Update(SagaConsumeContext<Rotation> context) =>
        Write(context.Saga, RotationSql.Update, "the row to update is gone");

    /// <summary>Called for a saga that is completed. Rotations never are, by MassTransit's meaning: their rows stay.</summary>
    public Task Delete(SagaConsumeContext<Rotation> context) =>
        throw new NotSupportedException("the row of a rotation stays");

    /// <summary>Called after Add when the state machine failed: nothing was written.</summary>
    public Task Discard(SagaConsumeContext<Rotation> context) => Task.CompletedTask;

    /// <summary>Called after Load when the event is read-only: nothing was written.</summary>
    public Task Undo(SagaConsumeContext<Rotation> context) => Task.CompletedTask;

    /// <summary>Called here, and by MassTransit's filters that need the rotation under another message.</summary>
    public Task<SagaConsumeContext<Rotation, T>> CreateSagaConsumeContext<T>(
        ConsumeContext<T> consumeContext,
        Rotation instance,
        SagaConsumeContextMode mode
    )
        where T : class =>
        Task.FromResult<SagaConsumeContext<Rotation, T>>(
            new DefaultSagaConsumeContext<Rotation, T>(consumeContext, instance)
        );

    /// <summary>Called after the commit.</summary>
    public void Committed() => recorded?.Invoke();

    // What the audit log records is committed with the row, so a message that comes again finds the row changed and nothing
    // to record.
    private async Task Write(Rotation rotation, string sql, string conflict)
    {
        seal.Seal(rotation);
        if (await transaction.Connection!.ExecuteAsync(Command(sql, rotation)) != 1)
            throw new ConcurrencyException(conflict, typeof(Rotation), rotation.CorrelationId);
        recorded = await audit.RecordAsync(transaction, before, rotation, Message, CancellationToken);
    }

    private CommandDefinition Command(string text, object parameters) =>
        new(text, parameters, transaction, cancellationToken: CancellationToken);
}
