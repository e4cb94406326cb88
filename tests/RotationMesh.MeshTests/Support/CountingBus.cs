using MassTransit;
using MassTransit.Testing;
using Microsoft.Extensions.DependencyInjection;
using RotationMesh.MeshTests.Counting;

namespace RotationMesh.MeshTests.Support;

/// <summary>A running in-memory bus with the counting saga behind the repository under test.</summary>
public sealed class CountingBus : IAsyncDisposable
{
    private readonly ServiceProvider services;
    private readonly ITestHarness harness;

    private CountingBus(ServiceProvider services)
    {
        this.services = services;
        harness = services.GetRequiredService<ITestHarness>();
        Tally = services.GetRequiredService<BusTally>();
    }

    public BusTally Tally { get; }

    public ISagaStateMachineTestHarness<CountingStateMachine, CountingState> Sagas =>
        harness.GetSagaStateMachineHarness<CountingStateMachine, CountingState>();

    public static async Task<CountingBus> StartAsync(
        CountingTraits traits,
        Action<ISagaRegistrationConfigurator<CountingState>> repository
    )
    {
        var services = new ServiceCollection()
            .AddSingleton(traits)
            .AddSingleton<BusTally>()
            .AddReceiveObserver(p => p.GetRequiredService<BusTally>())
            .AddPublishObserver(p => p.GetRequiredService<BusTally>())
            .AddMassTransitTestHarness(
                TextWriter.Null,
                x =>
                    repository(
                        x.AddSagaStateMachine<CountingStateMachine, CountingState, CountingDefinition>()
                    )
            )
            .BuildServiceProvider(validateScopes: true);
        var bus = new CountingBus(services);
        await bus.harness.Start();
        return bus;
    }

    /// <summary>Sends all messages at once and returns when the last of them is settled.</summary>
    public async Task Handle<T>(params IReadOnlyList<T> messages)
        where T : class
    {
        var endpoint = await harness.GetSagaEndpoint<CountingState>();
        await Task.WhenAll(messages.Select(m => endpoint.Send(m)));
        await Tally.Settle(messages.Count);
    }

    /// <summary>A new saga, started and running.</summary>
    public async Task<Guid> StartSaga()
    {
        var id = NewId.NextGuid();
        await Handle(new StartCounting(id));
        return id;
    }

    public async Task<CountingState?> Load(Guid id) =>
        await services.GetRequiredService<ILoadSagaRepository<CountingState>>().Load(id);

    public async ValueTask DisposeAsync()
    {
        await harness.Stop();
        await services.DisposeAsync();
    }
}
