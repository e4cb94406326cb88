using MassTransit;
using NUnit.Framework;
using RotationMesh.Coordination.Persistence;
using RotationMesh.MeshTests.Counting;
using RotationMesh.MeshTests.Support;
using RotationMesh.TestKit;

namespace RotationMesh.MeshTests.Persistence;

/// <summary>
/// Takes one clause out of the statements at a time and shows what breaks. Should one of these tests fail, the clause is no
/// longer needed; the contract alone would not tell.
/// </summary>
[TestFixture]
public sealed class BrokenSagaSqlTests
{
    private static readonly SagaSql Sql = CountingTable.Table.Sql;

    private TestDatabase database = null!;

    [OneTimeSetUp]
    public async Task CreateDatabase() => database = await CountingTable.CreateDatabaseAsync();

    [OneTimeTearDown]
    public async Task DropDatabase() => await database.DisposeAsync();

    [Test]
    public async Task LoadWithoutLock_EventsAreLostWithoutAnyFault()
    {
        // Two counts meet between load and update, so that at least one of them is overwritten however slow the machine.
        var meeting = new Meeting(2);
        var traits = new CountingTraits { WhileCounting = meeting.Arrive };
        await using var bus = await Start(traits, Sql with { Lock = Sql.Read });
        var id = await bus.StartSaga();

        await bus.Handle(Enumerable.Range(0, 50).Select(_ => new CountOne(id)).ToArray());

        var counted = (await bus.Load(id))!.Counted;
        TestContext.Out.WriteLine($"{counted} of 50 counted");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(counted, Is.LessThan(50));
            Assert.That(bus.Tally.Faulted<CountOne>(), Is.Zero);
        }
    }

    [Test]
    public async Task InsertWithoutConflictClause_DuplicateStartsFault()
    {
        await using var bus = await Start(new(), Sql with { Insert = PlainInsert });
        var id = NewId.NextGuid();

        await bus.Handle(Enumerable.Range(0, 8).Select(_ => new StartCounting(id)).ToArray());

        // Whoever comes second, at the same time or later, hits the unique index in every retry.
        Assert.That(bus.Tally.Faulted<StartCounting>(), Is.EqualTo(7));
    }

    [TestCase("", 20, 0)]
    [TestCase("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE;", 1, 19)]
    public async Task EventsWaitForTheLock_OnlyReadCommittedLetsThemGoOn(
        string isolation,
        int counted,
        int faulted
    )
    {
        // No retries: three of them make the faults fewer, and their number a matter of luck.
        var first = 0;
        var traits = new CountingTraits
        {
            Retries = 0,
            WhileCounting = () =>
                Interlocked.Increment(ref first) == 1 ? OthersWaitForTheLock(19) : Task.CompletedTask,
        };
        await using var bus = await Start(traits, Sql with { Lock = isolation + Sql.Lock });
        var id = await bus.StartSaga();

        await bus.Handle(Enumerable.Range(0, 20).Select(_ => new CountOne(id)).ToArray());

        var saga = await bus.Load(id);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(saga!.Counted, Is.EqualTo(counted));
            Assert.That(bus.Tally.Faulted<CountOne>(), Is.EqualTo(faulted));
        }
    }

    private Task OthersWaitForTheLock(int sessions) =>
        Eventually.Holds(
            async () => await database.ScalarAsync<long>(LockWaits) >= sessions,
            TimeSpan.FromSeconds(30),
            $"{sessions} sessions wait for the lock"
        );

    private const string LockWaits =
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";

    private static string PlainInsert =>
        Sql.Insert[..Sql.Insert.IndexOf(" ON CONFLICT", StringComparison.Ordinal)];

    private Task<CountingBus> Start(CountingTraits traits, SagaSql sql)
    {
        var table = new SagaTable<CountingState>(CountingTable.Name, CountingTable.Columns) { Sql = sql };
        return CountingBus.StartAsync(traits, saga => saga.NpgsqlRepository(table, _ => database.DataSource));
    }
}
