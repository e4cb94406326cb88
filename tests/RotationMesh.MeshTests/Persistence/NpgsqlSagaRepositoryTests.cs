using MassTransit;
using NUnit.Framework;
using RotationMesh.Coordination.Persistence;
using RotationMesh.MeshTests.Counting;
using RotationMesh.TestKit;

namespace RotationMesh.MeshTests.Persistence;

/// <summary>The contract on PostgreSQL, and what only a database can promise.</summary>
[TestFixture]
public sealed class NpgsqlSagaRepositoryTests : SagaRepositoryContract
{
    private TestDatabase database = null!;

    [OneTimeSetUp]
    public async Task CreateDatabase() => database = await CountingTable.CreateDatabaseAsync();

    [OneTimeTearDown]
    public async Task DropDatabase() => await database.DisposeAsync();

    protected override void Repository(ISagaRegistrationConfigurator<CountingState> saga) =>
        saga.NpgsqlRepository(CountingTable.Table, _ => database.DataSource);

    [Test]
    public async Task ActivityJoinsTheTransaction_ItsRowIsCommittedWithTheSaga()
    {
        await using var bus = await Start(new());
        var id = await bus.StartSaga();

        await bus.Handle(new WriteBeside(id, ThenFail: false));

        var saga = await bus.Load(id);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(saga?.Counted, Is.EqualTo(1));
            Assert.That(await RowsBeside(id), Is.EqualTo(1));
        }
    }

    [Test]
    public async Task ActivityJoinsTheTransactionAndFails_NothingIsCommitted()
    {
        await using var bus = await Start(new());
        var id = await bus.StartSaga();

        await bus.Handle(new WriteBeside(id, ThenFail: true));

        var saga = await bus.Load(id);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(bus.Tally.Faulted<WriteBeside>(), Is.EqualTo(1));
            Assert.That(saga?.Counted, Is.Zero);
            Assert.That(await RowsBeside(id), Is.Zero);
        }
    }

    [Test]
    public async Task RowVanishesBeforeTheUpdate_ConcurrencyExceptionAndRollback()
    {
        await using var bus = await Start(new());
        var id = await bus.StartSaga();

        await bus.Handle(new LoseRow(id));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(bus.Tally.LastFault, Does.Contain(nameof(ConcurrencyException)));
            Assert.That(await bus.Load(id), Is.Not.Null, "the deletion was rolled back");
        }
    }

    [Test]
    public async Task SagaIsLocked_LoadDoesNotWait()
    {
        await using var bus = await Start(new());
        var id = await bus.StartSaga();
        var store = new SagaStore<CountingState>(CountingTable.Table, database.DataSource);
        await using var transaction = await store.BeginAsync(CancellationToken.None);
        await transaction.Load(id, new object(), CancellationToken.None);

        Assert.That(await bus.Load(id), Is.Not.Null);
    }

    private Task<long> RowsBeside(Guid id) =>
        database.ScalarAsync<long>($"SELECT count(*) FROM mesh_test.beside WHERE correlation_id = '{id}'");
}
