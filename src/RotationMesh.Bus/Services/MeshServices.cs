using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace RotationMesh.Bus.Services;

/// <summary>Registers a role of the mesh in a service.</summary>
internal static class MeshServices
{
    /// <summary>Marks the services that <see cref="MeshStart"/> starts.</summary>
    public const string Key = "mesh";

    /// <summary>
    /// Registers the role's services, which <see cref="MeshStart"/> starts in the background of the host's own start. No
    /// service gives up on a broker that is away; meanwhile it reports that it is not ready.
    /// </summary>
    public static IServiceCollection AddMesh(this IServiceCollection services, Action<IServiceCollection> add)
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
