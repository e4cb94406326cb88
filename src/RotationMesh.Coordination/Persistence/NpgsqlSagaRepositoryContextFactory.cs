using MassTransit;
using MassTransit.Saga;

namespace RotationMesh.Coordination.Persistence;

/// <summary>
/// The saga pipeline's entry into the repository, once for every message, in the message's own scope. The commit comes
/// last, so any exception of the pipeline rolls the saga back.
/// </summary>
internal sealed class NpgsqlSagaRepositoryContextFactory<TSaga>(
    SagaStore<TSaga> store,
    ISagaConsumeContextFactory<SagaTransaction<TSaga>, TSaga> factory
) : ISagaRepositoryContextFactory<TSaga>, ILoadSagaRepositoryContextFactory<TSaga>
    where TSaga : class, ISaga
{
    /// <summary>Called for a message that is correlated by id.</summary>
    public async Task Send<T>(ConsumeContext<T> context, IPipe<SagaRepositoryContext<TSaga, T>> next)
        where T : class
    {
        await using var transaction = await store.BeginAsync(context.CancellationToken);
        if (!await transaction.MayHear(context.Message, context.CancellationToken))
            return;
        await next.Send(new NpgsqlSagaRepositoryContext<TSaga, T>(transaction, context, factory));
        await transaction.Commit();
    }

    /// <summary>Called for a message that is correlated by an expression, which is refused: sagas are found by id.</summary>
    public Task SendQuery<T>(
        ConsumeContext<T> context,
        ISagaQuery<TSaga> query,
        IPipe<SagaRepositoryQueryContext<TSaga, T>> next
    )
        where T : class =>
        throw new NotSupportedException(
            $"{typeof(TSaga).Name} is found by its correlation id alone: correlate {typeof(T).Name} by id"
        );

    /// <summary>Called by <see cref="ILoadSagaRepository{TSaga}"/>.</summary>
    public Task<T> Execute<T>(
        Func<LoadSagaRepositoryContext<TSaga>, Task<T>> asyncMethod,
        CancellationToken cancellationToken = default
    )
        where T : class => asyncMethod(new NpgsqlLoadSagaRepositoryContext<TSaga>(store, cancellationToken));

    /// <summary>Called when the bus is asked to describe itself.</summary>
    public void Probe(ProbeContext context)
    {
        context.Add("persistence", "postgresql");
        context.Add("table", store.Table.Name.ToString());
    }
}
