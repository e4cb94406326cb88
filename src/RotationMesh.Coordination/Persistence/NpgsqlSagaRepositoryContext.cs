using MassTransit;
using MassTransit.Context;
using MassTransit.Saga;

namespace RotationMesh.Coordination.Persistence;

/// <summary>
/// The repository while the saga pipeline handles one message. The pipeline first calls Insert (only with
/// InsertOnInitial), else Load. For a saga that is found, it runs the state machine and then calls Update, Delete or Undo.
/// For a missing one, it calls Add, runs the state machine, and then calls Save or Discard. Every context made here carries
/// the transaction as a payload.
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
    /// Called after Add. Throws <see cref="ConcurrencyException"/> where another message was quicker: the retry loads that
    /// row, and the state machine treats this message as a duplicate.
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

    // Passes this context, not the one that it wraps: only this one has the payloads.
    private Task<SagaConsumeContext<TSaga, TMessage>> Enter(TSaga instance, SagaConsumeContextMode mode) =>
        factory.CreateSagaConsumeContext(transaction, this, instance, mode);

    private static ConcurrencyException Conflict(TSaga saga, string reason) =>
        new(reason, typeof(TSaga), saga.CorrelationId);
}
