using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RotationMesh.Control.Ledger;
using RotationMesh.Mesh.Coordination;
using RotationMesh.Mesh.Topology;
using RotationMesh.Mesh.Working;

namespace RotationMesh.Mesh.Services;

/// <summary>What a service that takes part in the mesh registers, once map, key ring, databases and schema check are.</summary>
public static class MeshServices
{
    /// <summary>Marks the services that <see cref="MeshStart"/> starts.</summary>
    internal const string Key = "mesh";

    /// <summary>A worker. It needs no control database.</summary>
    public static IServiceCollection AddWorkerMesh(
        this IServiceCollection services,
        BrokerSource broker,
        WorkerOptions options
    ) =>
        services.AddBehind(mesh =>
            mesh.AddMassTransit(bus =>
            {
                bus.UseRabbitMq(broker);
                bus.AddAnnouncement(); // ahead of the worker's stop, so that it leaves after it
                bus.AddWorker(options);
            })
        );

    /// <summary>A coordinator; the control database is registered as well.</summary>
    public static IServiceCollection AddCoordinatorMesh(
        this IServiceCollection services,
        BrokerSource broker,
        CoordinatorOptions options,
        LedgerRules rules
    ) =>
        services.AddBehind(mesh =>
            mesh.AddHostedService<ControlSchema>()
                .AddMassTransit(bus =>
                {
                    bus.UseRabbitMq(broker);
                    bus.AddCoordinator(options, rules);
                    bus.AddWorkerRegistry();
                    bus.AddHostedService<BrokerPulse>();
                })
        );

    // Nothing gives up on a broker that is away: whoever runs the service sees that it is not ready.
    private static IServiceCollection AddBehind(
        this IServiceCollection services,
        Action<IServiceCollection> add
    )
    {
        var before = services.Count;
        add(services);
        services.Configure<MassTransitHostOptions>(options => options.StartTimeout = null);
        foreach (var service in services.Skip(before).Where(IsHosted).ToList())
        {
            services.Remove(service);
            services.Add(Keyed(service));
        }

        return services
            .AddSingleton<MeshStart>()
            .AddHostedService(provider => provider.GetRequiredService<MeshStart>());
    }

    private static bool IsHosted(ServiceDescriptor service) => service.ServiceType == typeof(IHostedService);

    private static ServiceDescriptor Keyed(ServiceDescriptor service) =>
        service.ImplementationFactory is { } create
            ? ServiceDescriptor.KeyedSingleton(typeof(IHostedService), Key, (provider, _) => create(provider))
            : ServiceDescriptor.KeyedSingleton(typeof(IHostedService), Key, service.ImplementationType!);
}
