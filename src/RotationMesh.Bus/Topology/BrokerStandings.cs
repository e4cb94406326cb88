using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using RotationMesh.Bus.Standing;
using RotationMesh.Bus.Telemetry;

namespace RotationMesh.Bus.Topology;

/// <summary>Registers what reports a process' standing with RabbitMQ, and what restores its queues.</summary>
internal static class BrokerStandings
{
    public static void AddBrokerStanding(this IBusRegistrationConfigurator bus, BrokerSource source)
    {
        bus.AddSingleton(source);
        bus.TryAddSingleton<BrokerStanding>();
        bus.AddSingleton<BrokerGauge>();
        bus.AddSingleton(services => new BrokerAttempts(
            source,
            services.GetRequiredService<TimeProvider>(),
            services.GetService<IHostApplicationLifetime>()?.ApplicationStopping ?? CancellationToken.None
        ));
        bus.AddSingleton<ConnectionWatch>();
        bus.AddSingleton<EndpointRevival>();
        bus.AddReceiveEndpointObserver<BrokerRefusals>();
        bus.AddReceiveEndpointObserver(services => services.GetRequiredService<EndpointRevival>());
        bus.AddHostedService(services =>
        {
            services.GetRequiredService<BrokerGauge>(); // measures from here on
            return services.GetRequiredService<EndpointRevival>();
        });
    }
}
