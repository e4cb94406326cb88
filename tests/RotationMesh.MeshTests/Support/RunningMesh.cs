using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using RotationMesh.Bus.Topology;
using RotationMesh.Contracts;
using RotationMesh.Control.Ledger;
using RotationMesh.Control.Rotations;
using RotationMesh.Coordination;
using RotationMesh.Coordination.Composition;
using RotationMesh.Embedding;
using RotationMesh.TestKit;
using RotationMesh.Working;

namespace RotationMesh.MeshTests.Support;

/// <summary>A coordinator and a worker on one in-memory bus, and one rotation that a test controls.</summary>
internal sealed class RunningMesh : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);

    /// <summary>What a rotation may have to wait for at its end: less than the program's, so that tests do not.</summary>
    private static readonly TimeSpan WriteTime = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Nudge = TimeSpan.FromMilliseconds(300);

    private readonly SampleWorld world;
    private readonly MeshHost host;

    private RunningMesh(SampleWorld world, MeshHost host)
    {
        this.world = world;
        this.host = host;
    }

    public Guid Id { get; private init; }

    public static async Task<RunningMesh> StartAsync(
        SampleWorld world,
        WorkerOptions? worker,
        int window = 64,
        bool embedded = false,
        Action<IBusRegistrationConfigurator>? configure = null,
        Action<IBusRegistrationConfigurator>? transport = null,
        LedgerRules? rules = null,
        IReadOnlyList<string>? tenants = null,
        string verify = "",
        TimeSpan? nudge = null
    )
    {
        var mesh = await OpenAsync(world, worker, window, embedded, configure, transport, rules, nudge);
        await mesh.ControlAsync(mesh.Order(mesh.Id, tenants ?? [], embedded) with { Verify = verify });
        return mesh;
    }

    /// <summary>The same before any rotation is asked for.</summary>
    public static async Task<RunningMesh> OpenAsync(
        SampleWorld world,
        WorkerOptions? worker,
        int window = 64,
        bool embedded = false,
        Action<IBusRegistrationConfigurator>? configure = null,
        Action<IBusRegistrationConfigurator>? transport = null,
        LedgerRules? rules = null,
        TimeSpan? nudge = null
    )
    {
        await world.Parts.Control.MigrateAsync(CancellationToken.None);
        var id = Guid.CreateVersion7();
        var services = new ServiceCollection();
        world.Parts.AddTo(services);
        services.AddMassTransit(bus =>
        {
            (transport ?? Transports.UseInMemory)(bus);
            bus.AddCoordinator(
                new CoordinatorOptions
                {
                    Only = embedded ? id : null,
                    Window = window,
                    WindowOfDatabase = window,
                    Nudge = nudge ?? Nudge,
                },
                rules ?? new LedgerRules { WriteTime = WriteTime }
            );
            if (worker is not null)
                bus.AddWorker(worker);
            configure?.Invoke(bus);
        });
        var host = await MeshHost.StartAsync(services, CancellationToken.None);
        return new RunningMesh(world, host) { Id = id };
    }

    /// <summary>Starts one more rotation on the same mesh.</summary>
    public async Task<Guid> StartAnotherAsync(params IReadOnlyList<string> tenants)
    {
        var id = Guid.CreateVersion7();
        await ControlAsync(Order(id, tenants));
        return id;
    }

    public Task ControlAsync<T>(T command)
        where T : class => host.ControlAsync(command, CancellationToken.None);

    /// <summary>Says something to whoever listens, as any process with a place on the bus can.</summary>
    public Task PublishAsync<T>(T message)
        where T : class => host.Services.GetRequiredService<IBus>().Publish(message);

    public Task<RunningRotation?> NowAsync() => NowAsync(Id);

    public async Task<RunningRotation?> NowAsync(Guid id) =>
        await new RunningRotations(world.Parts.Control).FindAsync(id, CancellationToken.None);

    public Task UntilAsync(string state) => UntilAsync(now => now.State == state, state);

    public Task UntilAsync(Func<RunningRotation, bool> condition, string what) =>
        UntilAsync(Id, condition, what);

    public Task UntilAsync(Guid id, Func<RunningRotation, bool> condition, string what) =>
        Eventually.Holds(async () => await NowAsync(id) is { } now && condition(now), Deadline, what);

    public async Task<IReadOnlyList<SweepSummary>> LedgerAsync() =>
        await new LedgerSummary(world.Parts.Control).ReadAsync(Id, CancellationToken.None);

    public ValueTask DisposeAsync() => host.DisposeAsync();

    /// <summary>What an operator asks for: everything of the map, or some tenants, to the current key.</summary>
    public StartRotation Order(Guid id, IReadOnlyList<string> tenants, bool embedded = false) =>
        world.Order with
        {
            RotationId = id,
            Tenants = tenants,
            Embedded = embedded,
        };
}
