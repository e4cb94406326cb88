using MassTransit;
using RotationMesh.Bus;

namespace RotationMesh.Coordination.Saga;

/// <summary>The saga's endpoint: the retry outside the outbox, both outside the repository.</summary>
internal sealed class RotationDefinition : SagaDefinition<Rotation>
{
    /// <summary>
    /// Events at a time: each holds a connection, perhaps while it waits for the lock of its rotation, so it stays well
    /// below the size of the pool.
    /// </summary>
    private const int Prefetch = 8;

    /// <summary>Tries of an event, with pauses that outlast a restart of the control database; a nudge makes up for the rest.</summary>
    private const int Retries = 5;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PauseStep = TimeSpan.FromMilliseconds(500);

    public RotationDefinition()
    {
        EndpointName = Queues.Rotation;
        Endpoint(endpoint => endpoint.PrefetchCount = Prefetch);
    }

    protected override void ConfigureSaga(
        IReceiveEndpointConfigurator endpointConfigurator,
        ISagaConfigurator<Rotation> sagaConfigurator,
        IRegistrationContext context
    )
    {
        endpointConfigurator.UseMessageRetry(retry =>
            retry.Exponential(Retries, FirstPause, LongestPause, PauseStep)
        );
        endpointConfigurator.UseInMemoryOutbox(context);
    }
}
