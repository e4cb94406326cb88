using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using RotationMesh.Bus;
using RotationMesh.Bus.Standing;
using RotationMesh.Tables;

namespace RotationMesh.Working;

/// <summary>
/// The worker: takes partitions and rewrites or reads their rows. The host has registered map, key ring, databases and
/// schema check; a worker needs no control database.
/// </summary>
public static class WorkerRole
{
    /// <summary>
    /// Called inside <c>AddMassTransit</c>. Throws as <see cref="WorkerOptions.EnsureValid"/> does.
    /// </summary>
    public static void AddWorker(this IBusRegistrationConfigurator bus, WorkerOptions options)
    {
        ArgumentNullException.ThrowIfNull(bus);
        ArgumentNullException.ThrowIfNull(options);
        options.EnsureValid();
        bus.TryAddSingleton(TimeProvider.System);
        bus.TryAddSingleton<GoalCheck>();
        bus.AddSingleton(options);
        bus.AddSingleton<MappedTables>();
        bus.AddSingleton<RotatorPool>();
        bus.TryAddSingleton<ConsumerTimeout>();
        bus.AddSingleton<AttemptTime>();
        bus.AddSingleton<FailureLetters>();
        bus.AddSingleton<PartitionWork>();
        bus.AddSingleton<WorkerStop>();
        Add<RotatePartitionConsumer>(bus, options, Queues.RotatePartition);
        Add<VerifyPartitionConsumer>(bus, options, Queues.VerifyPartition);
        bus.AddHostedService(services => services.GetRequiredService<WorkerStop>());
    }

    /// <summary>Sends heartbeats to coordinators in other processes, and a last message when it leaves.</summary>
    public static void AddAnnouncement(this IBusRegistrationConfigurator bus)
    {
        ArgumentNullException.ThrowIfNull(bus);
        bus.TryAddSingleton<MapIdentities>();
        bus.AddHostedService<WorkerHeartbeats>();
    }

    // No retry here: the ledger retries a failed partition, on any worker.
    private static void Add<TConsumer>(IBusRegistrationConfigurator bus, WorkerOptions options, string queue)
        where TConsumer : class, IConsumer =>
        bus.AddConsumer<TConsumer>()
            .Endpoint(endpoint =>
            {
                endpoint.Name = queue;
                endpoint.ConfigureConsumeTopology = false; // partitions are sent to the queue, never published
                endpoint.PrefetchCount = options.Prefetch;
                endpoint.ConcurrentMessageLimit = options.Concurrency;
            });
}
