using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using RotationMesh.Bus;

namespace RotationMesh.Embedding;

/// <summary>
/// Starts and stops the roles of one process without a host's configuration, signals and logging, which the embedding
/// program has already.
/// </summary>
public sealed class MeshHost : IAsyncDisposable
{
    private readonly ServiceProvider services;
    private readonly Stack<IHostedService> started = new();

    private MeshHost(ServiceProvider services) => this.services = services;

    /// <summary>The services that the roles registered.</summary>
    public IServiceProvider Services => services;

    /// <summary>
    /// Starts the bus and then the services that use it, in the order of registration; returns when queues are bound.
    /// </summary>
    public static async Task<MeshHost> StartAsync(
        IServiceCollection services,
        CancellationToken cancellationToken
    )
    {
        services.TryAddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        services.TryAdd(ServiceDescriptor.Singleton(typeof(ILogger<>), typeof(Logger<>)));
        var host = new MeshHost(services.BuildServiceProvider());
        try
        {
            foreach (var service in host.services.GetServices<IHostedService>())
            {
                await service.StartAsync(cancellationToken);
                host.started.Push(service);
            }

            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sends an operator's command to the saga of its rotation.</summary>
    public Task ControlAsync(object command, CancellationToken cancellationToken) =>
        services.GetRequiredService<IBus>().SendAsync(Queues.Rotation, command, cancellationToken);

    /// <summary>
    /// Stops everything in the reverse order: partitions end with the batch in hand, their results are sent, and the bus stops
    /// last.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        while (started.TryPop(out var service))
            await service.StopAsync(CancellationToken.None);
        await services.DisposeAsync();
    }
}
