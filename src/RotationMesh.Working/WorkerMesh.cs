using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using RotationMesh.Bus.Services;
using RotationMesh.Bus.Topology;

namespace RotationMesh.Working;

/// <summary>A service that is a worker.</summary>
public static class WorkerMesh
{
    /// <summary>
    /// Registers a worker behind RabbitMQ, once map, key ring, databases and schema check are registered. It needs no control
    /// database.
    /// </summary>
    public static IServiceCollection AddWorkerMesh(
        this IServiceCollection services,
        BrokerSource broker,
        WorkerOptions options
    ) =>
        services.AddMesh(mesh =>
            mesh.AddMassTransit(bus =>
            {
                bus.UseRabbitMq(broker);
                bus.AddAnnouncement(); // ahead of the worker's stop, so that it leaves after it
                bus.AddWorker(options);
            })
        );
}
