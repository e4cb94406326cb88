using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using RotationMesh.Bus.Services;
using RotationMesh.Bus.Topology;
using RotationMesh.Control.Ledger;

namespace RotationMesh.Coordination.Composition;

/// <summary>A service that is a coordinator.</summary>
public static class CoordinatorMesh
{
    /// <summary>
    /// Registers a coordinator behind RabbitMQ, once map, key ring, databases, schema check and control database are registered.
    /// </summary>
    public static IServiceCollection AddCoordinatorMesh(
        this IServiceCollection services,
        BrokerSource broker,
        CoordinatorOptions options,
        LedgerRules rules
    ) =>
        services.AddMesh(mesh =>
            mesh.AddHostedService<ControlSchema>()
                .AddMassTransit(bus =>
                {
                    bus.UseRabbitMq(broker);
                    bus.AddCoordinator(options, rules);
                    bus.AddWorkerRegistry();
                    bus.AddHostedService<BrokerPulse>();
                })
        );
}
