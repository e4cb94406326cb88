using RotationMesh.Control;
using RotationMesh.Gates;
using RotationMesh.LocalOperations.Gating;
using RotationMesh.TestKit;

namespace RotationMesh.GateTests.BullMq;

/// <summary>Rotations of different scopes, and operators, pause and resume one queue at the same time.</summary>
public sealed class WhenSeveralPauseOneQueueAtOnce
{
    private const int Rounds = 25;

    private TestDatabase database = null!;
    private ControlDatabase control = null!;
    private QueueFixture fixture = null!;
    private GateSet gates = null!;

    [SetUp]
    public async Task Create_a_queue()
    {
        database = await TestDatabase.CreateAsync();
        control = new ControlDatabase(database.ConnectionString);
        await control.MigrateAsync(CancellationToken.None);
        fixture = await QueueFixture.CreateAsync(Versions.Usual);
        gates = GateSet.Of(
            Maps.With(
                $"workers: [{{ bullmq: {{ redis: \"{fixture.Url}\", prefix: {fixture.Prefix}, queues: [{QueueFixture.Queue}] }} }}]"
            ),
            [new GateKinds(TimeProvider.System)],
            TimeProvider.System
        );
    }

    [TearDown]
    public async Task Drop_it()
    {
        await gates.DisposeAsync();
        await fixture.DisposeAsync();
        await control.DisposeAsync();
        await database.DisposeAsync();
    }

    [Test]
    public async Task A_queue_that_two_pause_at_once_is_remembered_and_one_of_them_paused_it()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var paused = await Task.WhenAll(PauseAsync(Guid.NewGuid()), PauseAsync(null));

            Assert.That(paused.Sum(), Is.EqualTo(1), $"round {round}");
            Assert.That(await IsPausedAsync(), Is.True);
            Assert.That(await ResumeAsync(null), Is.EqualTo(1), $"round {round}: nobody remembers it");
            Assert.That(await IsPausedAsync(), Is.False);
        }
    }

    [Test]
    public async Task A_queue_that_one_pauses_while_another_resumes_it_is_either_running_or_remembered()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var first = Guid.NewGuid();
            await PauseAsync(first);

            await Task.WhenAll(ResumeAsync(first), PauseAsync(Guid.NewGuid()));

            if (await IsPausedAsync())
                Assert.That(await ResumeAsync(null), Is.EqualTo(1), $"round {round}: nobody remembers it");
            Assert.That(await IsPausedAsync(), Is.False);
        }
    }

    private async Task<int> PauseAsync(Guid? rotation) =>
        (
            await new QueuePauses(gates, control).PauseAsync(rotation, "operator", CancellationToken.None)
        ).Count;

    private async Task<int> ResumeAsync(Guid? rotation) =>
        (await new QueuePauses(gates, control).ResumeAsync(rotation, CancellationToken.None)).Count;

    private async Task<bool> IsPausedAsync() =>
        (await fixture.Gate.LookAsync(CancellationToken.None)).Single().Paused;
}
