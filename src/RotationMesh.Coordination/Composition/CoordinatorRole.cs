using MassTransit;
using MassTransit.Saga;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using RotationMesh.Bus;
using RotationMesh.Bus.Telemetry;
using RotationMesh.Bus.Topology;
using RotationMesh.Contracts;
using RotationMesh.Control;
using RotationMesh.Control.Ledger;
using RotationMesh.Coordination.Checking;
using RotationMesh.Coordination.Closing;
using RotationMesh.Coordination.Counting;
using RotationMesh.Coordination.Dispatching;
using RotationMesh.Coordination.Gating;
using RotationMesh.Coordination.Persistence;
using RotationMesh.Coordination.Planning;
using RotationMesh.Coordination.Saga;
using RotationMesh.Coordination.Settling;
using RotationMesh.Coordination.Surveying;
using RotationMesh.Coordination.Workers;
using RotationMesh.Core.Keys;
using RotationMesh.Core.Map;
using RotationMesh.LocalOperations.Gating;
using RotationMesh.LocalOperations.Preflight;
using RotationMesh.Tables;

namespace RotationMesh.Coordination.Composition;

/// <summary>
/// The coordinator: saga, planner, census, ledger. The host has registered map, key ring, databases, schema check and
/// control database. Several may run at once.
/// </summary>
public static class CoordinatorRole
{
    /// <summary>Results in one transaction: more than some hundreds gain nothing.</summary>
    private const int SettledAtOnce = 200;

    /// <summary>
    /// Messages of failed rows in one transaction, each of some hundreds: thousands of rows, and not a hundred thousand,
    /// are held in memory.
    /// </summary>
    private const int FailuresAtOnce = 10;

    /// <summary>Longest wait for a batch to fill: it adds to the end of every sweep.</summary>
    private static readonly TimeSpan SettleAfter = TimeSpan.FromMilliseconds(25);

    /// <summary>
    /// Commands at a time: planning and counting keep their message as long as the tables take, and two rotations need
    /// not wait for each other.
    /// </summary>
    private const int CommandsAtOnce = 4;

    /// <summary>
    /// Called inside <c>AddMassTransit</c>. Throws as <see cref="CoordinatorOptions.EnsureValid"/> and
    /// <see cref="LedgerRules.EnsureValid"/> do.
    /// </summary>
    public static void AddCoordinator(
        this IBusRegistrationConfigurator bus,
        CoordinatorOptions options,
        LedgerRules rules
    )
    {
        ArgumentNullException.ThrowIfNull(bus);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(rules);
        options.EnsureValid();
        rules.EnsureValid();
        bus.TryAddSingleton(TimeProvider.System);
        bus.TryAddSingleton<GoalCheck>();
        bus.TryAddSingleton<DroppedMessages>();
        bus.AddSingleton<DeadLetterOwner>();
        bus.AddSingleton(options);
        bus.AddSingleton(rules);
        bus.AddSingleton<LedgerSignal>();
        bus.AddSingleton<DatabaseClocks>();
        bus.AddSingleton<LateWrites>();
        bus.AddSingleton<VersionHolds>();
        bus.AddSingleton<LedgerGauges>();
        bus.AddSingleton<AskedTraces>();
        bus.TryAddSingleton<Surveyor>();
        bus.AddSingleton<SettledCensuses>();
        bus.AddSingleton<FailureArrival>();
        bus.AddSingleton<RotationDatabases>();
        bus.AddSingleton<DetachedParts>();
        bus.AddSingleton<TableClaims>();
        bus.TryAddSingleton<RotationPreflight>();
        bus.AddSingleton<WorkGuards>();
        bus.TryAddSingleton(services =>
            MapGates.Of(
                services.GetRequiredService<RotationMap>(),
                services.GetRequiredService<ApplicationDatabases>(),
                services.GetRequiredService<KeyRing>,
                services.GetRequiredService<ControlDatabase>()
            )
        );
        bus.AddAuditLog();
        bus.AddSingleton<GateLook>();
        bus.AddSingleton<SoundRotations>();
        bus.AddSingleton<QueuePauses>();
        bus.AddSingleton<PostChecks>();
        bus.AddSingleton<ClosingDoubts>();
        bus.AddSingleton<LastLook>();
        bus.AddSingleton<UnreadTables>();
        bus.AddSingleton<ColumnDoubts>();
        bus.AddSingleton<LastTotals>();
        bus.AddSingleton<RotationAudit>();
        bus.AddSingleton<RotationSeal>();
        bus.AddSingleton<ISagaRepositoryContextFactory<Rotation>, RotationRepository>();
        bus.AddSagaStateMachine<RotationStateMachine, Rotation, RotationDefinition>();
        AddCommand<CheckRotationConsumer>(bus, Queues.CheckRotation);
        AddCommand<CheckGatesConsumer>(bus, Queues.CheckGates);
        AddCommand<PlanRotationConsumer>(bus, Queues.PlanRotation);
        AddCommand<CountRowsConsumer>(bus, Queues.CountRows);
        AddCommand<PlanVerificationConsumer>(bus, Queues.PlanVerification);
        AddCommand<ConcludeRotationConsumer>(bus, Queues.ConcludeRotation);
        AddResult<PartitionRotated>(bus, Queues.PartitionRotated);
        AddResult<PartitionVerified>(bus, Queues.PartitionVerified);
        AddResult<PartitionRefused>(bus, Queues.PartitionRefused);
        AddResult<PartitionFailed>(bus, Queues.PartitionFailed);
        AddResult<PartitionReturned>(bus, Queues.PartitionReturned);
        AddResult<PartitionHeartbeat>(bus, Queues.PartitionHeartbeat);
        AddBatch<RowsFailedConsumer, RowsFailed>(bus, Queues.RowsFailed, FailuresAtOnce);
        bus.AddHostedService<Dispatcher>();
        bus.AddHostedService<LedgerWatch>();
        bus.AddHostedService<GateWatch>();
        bus.AddHostedService<UnfitWatch>();
        bus.AddSingleton<PassedRequests>();
        bus.AddHostedService<RequestRelay>();
        bus.AddHostedService<AbandonedCancels>();
    }

    /// <summary>The list of workers, for a coordinator whose workers are other processes.</summary>
    public static void AddWorkerRegistry(this IBusRegistrationConfigurator bus) =>
        AddCommand<WorkerHeartbeatConsumer>(bus, Queues.WorkerHeartbeat);

    private static void AddCommand<TConsumer>(IBusRegistrationConfigurator bus, string queue)
        where TConsumer : class, IConsumer =>
        bus.AddConsumer<TConsumer>(consumer => consumer.UseMessageRetry(Retries.OfTheControlDatabase))
            .Endpoint(endpoint =>
            {
                endpoint.Name = queue;
                endpoint.PrefetchCount = CommandsAtOnce;
                endpoint.ConcurrentMessageLimit = CommandsAtOnce;
            });

    private static void AddResult<T>(IBusRegistrationConfigurator bus, string queue)
        where T : class => AddBatch<SettlementConsumer<T>, T>(bus, queue, SettledAtOnce);

    private static void AddBatch<TConsumer, T>(IBusRegistrationConfigurator bus, string queue, int atOnce)
        where TConsumer : class, IConsumer<Batch<T>>
        where T : class =>
        bus.AddConsumer<TConsumer>(consumer =>
            {
                consumer.UseMessageRetry(Retries.OfTheControlDatabase);
                consumer.Options<BatchOptions>(batch =>
                    batch.SetMessageLimit(atOnce).SetTimeLimit(SettleAfter).SetConcurrencyLimit(1)
                );
            })
            .Endpoint(endpoint =>
            {
                endpoint.Name = queue;
                endpoint.PrefetchCount = 2 * atOnce; // one batch fills while the other is written
            });
}
