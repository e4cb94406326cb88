using MassTransit;
using MassTransit.Middleware;
using MassTransit.Saga;

namespace RotationMesh.Coordination.Persistence;

/// <summary>Called through <see cref="ILoadSagaRepository{TSaga}"/>, by whoever looks at a saga without a message.</summary>
internal sealed class NpgsqlLoadSagaRepositoryContext<TSaga>(
    SagaStore<TSaga> store,
    CancellationToken cancellationToken
) : BasePipeContext(cancellationToken), LoadSagaRepositoryContext<TSaga>
    where TSaga : class, ISaga
{
    /// <summary>
    /// The instance as it was last committed; nothing is locked. Null for a missing one, which the interface promises in
    /// its documentation and denies in its signature.
    /// </summary>
    public async Task<TSaga> Load(Guid correlationId) =>
        (await store.ReadAsync(correlationId, CancellationToken))!;
}
