using Dapper;
using MassTransit;
using RotationMesh.Coordination.Persistence;

namespace RotationMesh.MeshTests.Counting;

/// <summary>Starts, counts and finishes: the smallest machine that shows what its repository does.</summary>
public sealed class CountingStateMachine : MassTransitStateMachine<CountingState>
{
    public static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public CountingStateMachine(CountingTraits traits)
    {
        Event(
            () => StartRequested,
            e =>
            {
                e.CorrelateById(c => c.Message.CorrelationId);
                e.InsertOnInitial = traits.InsertOnInitial;
                e.SetSagaFactory(c => new CountingState { CorrelationId = c.Message.CorrelationId });
            }
        );
        Event(() => Counted, e => e.CorrelateById(c => c.Message.CorrelationId));
        Event(() => BesideRequested, e => e.CorrelateById(c => c.Message.CorrelationId));
        Event(() => LossRequested, e => e.CorrelateById(c => c.Message.CorrelationId));
        Event(() => FinishRequested, e => e.CorrelateById(c => c.Message.CorrelationId));
        InstanceState(x => x.CurrentState);

        Initially(When(StartRequested).FillIn().Announce().TransitionTo(Running));

        During(Running, When(Counted).ThenAsync(_ => traits.WhileCounting()).CountOneMore());
        During(Running, When(BesideRequested).WriteBeside());
        During(Running, When(LossRequested).DeleteOwnRow());
        During(Running, When(FinishRequested).Finalize());
        During(Final, Ignore(StartRequested));
        if (traits.RepublishOnDuplicateStart)
            During(Running, When(StartRequested).Announce());
        else
            During(Running, Ignore(StartRequested));

        if (traits.RemoveWhenFinal)
            SetCompletedWhenFinalized();
    }

    public State Running { get; private set; } = null!;

    public Event<StartCounting> StartRequested { get; private set; } = null!;
    public Event<CountOne> Counted { get; private set; } = null!;
    public Event<WriteBeside> BesideRequested { get; private set; } = null!;
    public Event<LoseRow> LossRequested { get; private set; } = null!;
    public Event<FinishCounting> FinishRequested { get; private set; } = null!;
}

internal static class CountingVerbs
{
    public static EventActivityBinder<CountingState, StartCounting> FillIn(
        this EventActivityBinder<CountingState, StartCounting> binder
    ) =>
        binder.Then(c =>
        {
            c.Saga.Notes = """{"by": "test"}""";
            c.Saga.StartedAt = CountingStateMachine.Start;
            c.Saga.Scopes = ["connectors", "knowledge"];
        });

    public static EventActivityBinder<CountingState, StartCounting> Announce(
        this EventActivityBinder<CountingState, StartCounting> binder
    ) => binder.Publish(c => new CountingStarted(c.Saga.CorrelationId));

    public static EventActivityBinder<CountingState, CountOne> CountOneMore(
        this EventActivityBinder<CountingState, CountOne> binder
    ) => binder.Then(c => c.Saga.Counted++);

    public static EventActivityBinder<CountingState, WriteBeside> WriteBeside(
        this EventActivityBinder<CountingState, WriteBeside> binder
    ) =>
        binder.ThenAsync(async c =>
        {
            var transaction = c.SagaTransaction();
            await transaction.Connection!.ExecuteAsync(
                "INSERT INTO mesh_test.beside (correlation_id) VALUES (@CorrelationId)",
                new { c.Saga.CorrelationId },
                transaction
            );
            c.Saga.Counted++;
            if (c.Message.ThenFail)
                throw new InvalidOperationException("told to fail");
        });

    public static EventActivityBinder<CountingState, LoseRow> DeleteOwnRow(
        this EventActivityBinder<CountingState, LoseRow> binder
    ) =>
        binder.ThenAsync(async c =>
        {
            var transaction = c.SagaTransaction();
            await transaction.Connection!.ExecuteAsync(
                "DELETE FROM mesh_test.counting WHERE correlation_id = @CorrelationId",
                new { c.Saga.CorrelationId },
                transaction
            );
        });
}

/// <summary>The order that every saga of the product uses: the retry outside the outbox, both outside the repository.</summary>
public sealed class CountingDefinition : SagaDefinition<CountingState>
{
    private const int Prefetch = 50; // as many as the tests send at once

    private readonly CountingTraits traits;

    public CountingDefinition(CountingTraits traits)
    {
        this.traits = traits;
        Endpoint(e => e.PrefetchCount = Prefetch);
    }

    protected override void ConfigureSaga(
        IReceiveEndpointConfigurator endpointConfigurator,
        ISagaConfigurator<CountingState> sagaConfigurator,
        IRegistrationContext context
    )
    {
        if (traits.Retries > 0)
            endpointConfigurator.UseMessageRetry(r => r.Immediate(traits.Retries));
        endpointConfigurator.UseInMemoryOutbox(context);
    }
}
