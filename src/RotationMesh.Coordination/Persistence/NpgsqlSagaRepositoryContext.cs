using MassTransit;
using MassTransit.Context;
using MassTransit.Saga;

namespace RotationMesh.Coordination.Persistence;

/// <summary>
/// What the saga pipeline calls while it handles one message: Insert (only with InsertOnInitial), else Load; for a saga
/// found, the state machine and then Update, Delete or Undo; for a missing one Add, the state machine, and then Save or
/// Discard. The transaction travels as a payload of every context made here.
/// </summary>
internal sealed class NpgsqlSagaRepositoryContext<TSaga, TMessage>(
    SagaTransaction<TSaga> transaction,
    ConsumeContext<TMessage> consumeContext,
    ISagaConsumeContextFactory<SagaTransaction<TSaga>, TSaga> factory
)
    : ConsumeContextScope<TMessage>(consumeContext, transaction, transaction.Transaction),
        SagaRepositoryContext<TSaga, TMessage>
    where TSaga : class, ISaga
    where TMessage : class
{
    /// <summary>Called with a new instance that the state machine will fill; nothing is written yet.</summary>
    public Task<SagaConsumeContext<TSaga, TMessage>> Add(TSaga instance) =>
        Enter(instance, SagaConsumeContextMode.Add);

    /// <summary>Called before the state machine runs; null tells the pipeline to load the saga that was there first.</summary>
    public async Task<SagaConsumeContext<TSaga, TMessage>?> Insert(TSaga instance) =>
        await transaction.Insert(instance, CancellationToken)
            ? await Enter(instance, SagaConsumeContextMode.Insert)
            : null;

    /// <summary>Called for every message that may find its saga; null means missing.</summary>
    public async Task<SagaConsumeContext<TSaga, TMessage>?> Load(Guid correlationId) =>
        await transaction.Load(correlationId, Message, CancellationToken) is { } instance
            ? await Enter(instance, SagaConsumeContextMode.Load)
            : null;

    /// <summary>
    /// Called after Add. That another message was quicker is a conflict: the retry loads its row and hears what the state
    /// machine says to a duplicate.
    /// </summary>
    public async Task Save(SagaConsumeContext<TSaga> context)
    {
        if (!await transaction.Insert(context.Saga, CancellationToken))
            throw Conflict(context.Saga, "the saga was started by another message");
        await transaction.Tell(context.Saga, Message, CancellationToken);
    }

    /// <summary>Called after Load or Insert while the saga goes on.</summary>
    public async Task Update(SagaConsumeContext<TSaga> context)
    {
        if (!await transaction.Update(context.Saga, CancellationToken))
            throw Conflict(context.Saga, "the row to update is gone");
        await transaction.Tell(context.Saga, Message, CancellationToken);
    }

    /// <summary>Called after Load or Insert when the saga is completed.</summary>
    public async Task Delete(SagaConsumeContext<TSaga> context)
    {
        if (!await transaction.Delete(context.Saga, CancellationToken))
            throw Conflict(context.Saga, "the row to delete is gone");
    }

    /// <summary>Called after Add when the saga is completed or failed at once: nothing was written.</summary>
    public Task Discard(SagaConsumeContext<TSaga> context) => Task.CompletedTask;

    /// <summary>Called after Load when the event is read-only: nothing was written.</summary>
    public Task Undo(SagaConsumeContext<TSaga> context) => Task.CompletedTask;

    /// <summary>Called by the pipeline's filters that need the saga under another message.</summary>
    public Task<SagaConsumeContext<TSaga, T>> CreateSagaConsumeContext<T>(
        ConsumeContext<T> consumeContext,
        TSaga instance,
        SagaConsumeContextMode mode
    )
        where T : class => factory.CreateSagaConsumeContext(transaction, consumeContext, instance, mode);

    // This context, not the one it wraps: only here the payloads are found.
    private Task<SagaConsumeContext<TSaga, TMessage>> Enter(TSaga instance, SagaConsumeContextMode mode) =>
        factory.CreateSagaConsumeContext(transaction, this, instance, mode);

    private static ConcurrencyException Conflict(TSaga saga, string reason) =>
        new(reason, typeof(TSaga), saga.CorrelationId);
}
