using MassTransit;
using NUnit.Framework;
using RotationMesh.MeshTests.Counting;
using RotationMesh.MeshTests.Support;

namespace RotationMesh.MeshTests.Persistence;

/// <summary>What a saga relies on, whatever repository stores it.</summary>
public abstract class SagaRepositoryContract
{
    /// <summary>Puts the repository under test behind the saga.</summary>
    protected abstract void Repository(ISagaRegistrationConfigurator<CountingState> saga);

    [Test]
    public async Task EightStartsAtOnce_OneSagaStarts([Values] bool insertOnInitial)
    {
        await using var bus = await Start(new() { InsertOnInitial = insertOnInitial });
        var id = NewId.NextGuid();

        await bus.Handle(Repeat(8, () => new StartCounting(id)));

        var saga = await bus.Load(id);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(saga?.CurrentState, Is.EqualTo("Running"));
            Assert.That(bus.Tally.Published<CountingStarted>(), Is.EqualTo(1), "started");
            Assert.That(bus.Tally.Faulted<StartCounting>(), Is.Zero, "faults");
        }
    }

    [Test]
    public async Task FiftyEventsAtOnce_AllAreCounted()
    {
        await using var bus = await Start(new());
        var id = await bus.StartSaga();

        await bus.Handle(Repeat(50, () => new CountOne(id)));

        var saga = await bus.Load(id);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(saga?.Counted, Is.EqualTo(50), "counted");
            Assert.That(bus.Tally.Faulted<CountOne>(), Is.Zero, "faults");
        }
    }

    [Test]
    public async Task PublishFailsOnceAfterTheCommit_DuplicateIsRepublished_Heals()
    {
        await using var bus = await Start(new() { RepublishOnDuplicateStart = true });
        bus.Tally.FailOncePublishing = typeof(CountingStarted);

        var id = await bus.StartSaga();

        var saga = await bus.Load(id);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(saga?.CurrentState, Is.EqualTo("Running"));
            Assert.That(bus.Tally.Published<CountingStarted>(), Is.EqualTo(1), "started");
            Assert.That(bus.Tally.Faulted<StartCounting>(), Is.Zero, "faults");
        }
    }

    [Test]
    public async Task PublishFailsOnceAfterTheCommit_DuplicateIsIgnored_MessageIsLostSilently()
    {
        await using var bus = await Start(new() { RepublishOnDuplicateStart = false });
        bus.Tally.FailOncePublishing = typeof(CountingStarted);

        var id = await bus.StartSaga();

        var saga = await bus.Load(id);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(saga?.CurrentState, Is.EqualTo("Running"));
            Assert.That(bus.Tally.Published<CountingStarted>(), Is.Zero, "started");
            Assert.That(bus.Tally.Faulted<StartCounting>(), Is.Zero, "faults");
        }
    }

    [Test]
    public async Task SagaIsStored_LoadGivesEveryPropertyBack()
    {
        await using var bus = await Start(new());

        var id = await bus.StartSaga();

        var saga = await bus.Load(id);
        Assert.That(saga, Is.Not.Null);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(await bus.Sagas.Exists(id), Is.EqualTo(id));
            Assert.That(saga.CorrelationId, Is.EqualTo(id));
            Assert.That(saga.Notes, Is.EqualTo("""{"by": "test"}"""));
            Assert.That(saga.StartedAt, Is.EqualTo(CountingStateMachine.Start));
            Assert.That(saga.Scopes, Is.EqualTo(new[] { "connectors", "knowledge" }));
        }
    }

    [Test]
    public async Task SagaIsUnknown_LoadGivesNothing()
    {
        await using var bus = await Start(new());

        Assert.That(await bus.Load(NewId.NextGuid()), Is.Null);
    }

    [Test]
    public async Task SagaCompletes_ItIsRemoved()
    {
        await using var bus = await Start(new() { RemoveWhenFinal = true });
        var id = await bus.StartSaga();

        await bus.Handle(new FinishCounting(id));

        Assert.That(await bus.Load(id), Is.Null);
    }

    [Test]
    public async Task SagaIsFinalButKept_ItCanStillBeLoaded()
    {
        await using var bus = await Start(new() { RemoveWhenFinal = false });
        var id = await bus.StartSaga();

        await bus.Handle(new FinishCounting(id));

        Assert.That((await bus.Load(id))?.CurrentState, Is.EqualTo("Final"));
    }

    private protected Task<CountingBus> Start(CountingTraits traits) =>
        CountingBus.StartAsync(traits, Repository);

    private protected static T[] Repeat<T>(int times, Func<T> message) =>
        [.. Enumerable.Range(0, times).Select(_ => message())];
}
