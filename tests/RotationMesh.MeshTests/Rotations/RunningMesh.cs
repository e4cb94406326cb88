using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using RotationMesh.Contracts;
using RotationMesh.Core.Map;
using RotationMesh.Mesh.Coordination;
using RotationMesh.Mesh.Embedding;
using RotationMesh.Mesh.Topology;
using RotationMesh.Mesh.Working;
using RotationMesh.Postgres.Control;
using RotationMesh.Postgres.Control.Ledger;
using RotationMesh.TestKit;

namespace RotationMesh.MeshTests.Rotations;

/// <summary>A coordinator and a worker on one in-memory bus, and one rotation that a test steers.</summary>
internal sealed class RunningMesh : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);
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
        Action<IBusRegistrationConfigurator>? transport = null
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
                    Nudge = Nudge,
                },
                new LedgerRules()
            );
            if (worker is not null)
                bus.AddWorker(worker);
            configure?.Invoke(bus);
        });
        var host = await MeshHost.StartAsync(services, CancellationToken.None);
        var mesh = new RunningMesh(world, host) { Id = id };
        await mesh.SteerAsync(Start(world, id, embedded));
        return mesh;
    }

    public Task SteerAsync<T>(T command)
        where T : class => host.SteerAsync(command, CancellationToken.None);

    public async Task<RunningRotation?> NowAsync() =>
        await new RunningRotations(world.Parts.Control.Source).FindAsync(Id, CancellationToken.None);

    public Task UntilAsync(string state) => UntilAsync(now => now.State == state, state);

    public Task UntilAsync(Func<RunningRotation, bool> condition, string what) =>
        Eventually.Holds(async () => await NowAsync() is { } now && condition(now), Deadline, what);

    public async Task<IReadOnlyList<SweepSummary>> LedgerAsync() =>
        await new LedgerSummary(world.Parts.Control.Source).ReadAsync(Id, CancellationToken.None);

    public ValueTask DisposeAsync() => host.DisposeAsync();

    private static StartRotation Start(SampleWorld world, Guid id, bool embedded) =>
        new()
        {
            RotationId = id,
            Scopes = [.. world.Parts.Map.Scopes.Select(scope => scope.Name)],
            Tenants = [],
            TargetVersion = 2,
            TargetFingerprint = world.Parts.Ring.Keys.Last().Fingerprint,
            MapHash = MapHash.Of(world.Parts.Map),
            BatchSize = 200,
            Embedded = embedded,
            RequestedBy = "test",
        };
}
