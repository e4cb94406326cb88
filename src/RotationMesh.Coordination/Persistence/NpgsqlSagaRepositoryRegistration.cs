using MassTransit;
using MassTransit.Configuration;
using MassTransit.Saga;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace RotationMesh.Coordination.Persistence;

/// <summary>Registers a PostgreSQL table as a saga's repository.</summary>
public static class NpgsqlSagaRepositoryRegistration
{
    /// <summary>
    /// Called when the saga is registered. <paramref name="dataSource"/> is called once, when the first message arrives.
    /// <paramref name="audit"/> records every change, in its transaction. <paramref name="seal"/> tells what this program wrote.
    /// </summary>
    /// <remarks>
    /// Every message in flight holds a connection, perhaps while it waits for the lock of its saga: keep the endpoint's
    /// prefetch count below the pool's size. In the saga's definition the retry comes first, then the in-memory outbox:
    /// messages then leave after the commit, and a conflict is tried again with a fresh transaction.
    /// </remarks>
    public static ISagaRegistrationConfigurator<TSaga> NpgsqlRepository<TSaga>(
        this ISagaRegistrationConfigurator<TSaga> saga,
        SagaTable<TSaga> table,
        Func<IServiceProvider, NpgsqlDataSource> dataSource,
        Func<IServiceProvider, ISagaAudit<TSaga>>? audit = null,
        Func<IServiceProvider, ISagaSeal<TSaga>>? seal = null
    )
        where TSaga : class, ISaga =>
        saga.Repository(services =>
        {
            services.AddSingleton(provider => new SagaStore<TSaga>(
                table,
                dataSource(provider),
                audit?.Invoke(provider),
                seal?.Invoke(provider)
            ));
            services.RegisterLoadSagaRepository<TSaga, NpgsqlSagaRepositoryContextFactory<TSaga>>();
            services.RegisterSagaRepository<
                TSaga,
                SagaTransaction<TSaga>,
                SagaConsumeContextFactory<SagaTransaction<TSaga>, TSaga>,
                NpgsqlSagaRepositoryContextFactory<TSaga>
            >();
        });
}
