using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using RotationMesh.Bus.Topology;
using RotationMesh.Embedding;
using RotationMesh.TestKit.RabbitMq;
using RotationMesh.Working;

namespace RotationMesh.MeshTests.Support;

/// <summary>A coordinator and workers, each with a bus of its own, on a virtual host of a real RabbitMQ.</summary>
internal sealed class BrokeredMesh : IAsyncDisposable
{
    private readonly TestBroker broker;
    private readonly List<MeshHost> workers = [];

    private BrokeredMesh(TestBroker broker) => this.broker = broker;

    /// <summary>The coordinator, with the rotation that it was asked for.</summary>
    public RunningMesh Coordinator { get; private set; } = null!;

    /// <summary>Starts workers named worker-1 and so on, and then a rotation of everything; <paramref name="configure"/> changes every bus.</summary>
    public static async Task<BrokeredMesh> StartAsync(
        SampleWorld world,
        int workers,
        Action<IBusRegistrationConfigurator>? configure = null
    )
    {
        var mesh = new BrokeredMesh(await TestBroker.CreateAsync());
        try
        {
            var address = BrokerAddress.Parse(mesh.broker.Address);
            for (var i = 1; i <= workers; i++)
                mesh.workers.Add(await WorkerAsync(world, address, $"worker-{i}", configure));
            mesh.Coordinator = await RunningMesh.StartAsync(
                world,
                worker: null,
                transport: bus => bus.UseRabbitMq(new BrokerSource(() => address)),
                configure: configure
            );
            return mesh;
        }
        catch
        {
            await mesh.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Coordinator is not null)
            await Coordinator.DisposeAsync();
        foreach (var worker in workers)
            await worker.DisposeAsync();
        await broker.DisposeAsync();
    }

    public static Task<MeshHost> WorkerAsync(
        SampleWorld world,
        BrokerAddress address,
        string name,
        Action<IBusRegistrationConfigurator>? configure = null
    )
    {
        var services = new ServiceCollection();
        world.Parts.AddTo(services);
        services.AddMassTransit(bus =>
        {
            bus.UseRabbitMq(new BrokerSource(() => address));
            bus.AddWorker(new WorkerOptions { Name = name, Concurrency = 1 });
            configure?.Invoke(bus);
        });
        return MeshHost.StartAsync(services, CancellationToken.None);
    }
}
