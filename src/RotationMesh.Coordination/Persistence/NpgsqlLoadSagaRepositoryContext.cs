using MassTransit;
using MassTransit.Middleware;
using MassTransit.Saga;

namespace RotationMesh.Coordination.Persistence;

/// <summary>Reads a saga without a message; called through <see cref="ILoadSagaRepository{TSaga}"/>.</summary>
internal sealed class NpgsqlLoadSagaRepositoryContext<TSaga>(
    SagaStore<TSaga> store,
    CancellationToken cancellationToken
) : BasePipeContext(cancellationToken), LoadSagaRepositoryContext<TSaga>
    where TSaga : class, ISaga
{
    /// <summary>
    /// Reads the instance as it was last committed, without a lock; null for a missing one. The interface's documentation
    /// promises null, although its signature excludes it.
    /// </summary>
    public async Task<TSaga> Load(Guid correlationId) =>
        (await store.ReadAsync(correlationId, CancellationToken))!;
}
