using MassTransit;
using Npgsql;
using NUnit.Framework;
using RotationMesh.Contracts;
using RotationMesh.LocalOperations.Records;
using RotationMesh.MeshTests.Support;
using RotationMesh.Sample;
using RotationMesh.Working;

namespace RotationMesh.MeshTests.Trust;

/// <summary>
/// A coordinator freezes between the clean totals and the message that they are there: what the rows were then, they need
/// not be when the message comes.
/// </summary>
[TestFixture]
internal sealed class WhenTotalsAreFromBeforeAPause
{
    private const string Keep = """
        CREATE TABLE kept AS SELECT * FROM knowledge_entries WHERE content <> '__external_storage__' ORDER BY id LIMIT 3;
        UPDATE kept SET id = 'late-' || id
        """;

    private const string Bring = "INSERT INTO knowledge_entries SELECT * FROM kept";

    private SampleWorld world = null!;

    [SetUp]
    public async Task Load()
    {
        world = await SampleWorld.LoadAsync(new SampleOptions { Rows = 300, Tenants = 3 });
        await world.Database.ExecuteAsync(Keep);
    }

    [TearDown]
    public async Task Drop() => await world.DisposeAsync();

    [Test]
    public async Task A_message_of_them_does_not_complete_the_rotation()
    {
        using var frozen = new Lost<RotationConcluded>();
        await using var mesh = await ConcludedAsync(frozen);
        await mesh.ControlAsync(new PauseRotation(mesh.Id, "ann"));
        await mesh.UntilAsync("Paused");
        await world.Database.ExecuteAsync(Bring);
        await using var writer = await world.Database.DataSource.OpenConnectionAsync();
        await using var writing = await BeginWriteAsync(writer); // the look after the pause waits for it
        await mesh.ControlAsync(new ResumeRotation(mesh.Id, "ann"));
        await mesh.UntilAsync(now => Waits(now.Reason, writer), "the next look is under way");

        await ThawAsync(mesh, frozen);
        await mesh.UntilAsync(now => now.State != "Verifying" || Waits(now.Reason, writer), "it is heard");
        var then = (await mesh.NowAsync())!.State;
        await writing.CommitAsync();
        await mesh.UntilAsync("Completed");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(then, Is.EqualTo("Verifying"));
            Assert.That(await world.AtVersionAsync(1), Is.Zero);
        }
    }

    [Test]
    public async Task A_message_of_them_is_not_heard_where_a_later_look_has_found_rows()
    {
        using var frozen = new Lost<RotationConcluded>();
        using var late = new Lost<RowsCameLate>();
        await using var mesh = await ConcludedAsync(frozen, bus => bus.UseFilter(late));
        await world.Database.ExecuteAsync(Bring);
        await late.Met;

        await ThawAsync(mesh, frozen);
        var then = (await mesh.NowAsync())!.State;
        late.LetPass();
        await mesh.UntilAsync("Completed");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(then, Is.EqualTo("Verifying"));
            Assert.That(await world.AtVersionAsync(1), Is.Zero);
        }
    }

    // As if the coordinator had been frozen for an hour, or the clock had been set back by one.
    [TestCase(1)]
    [TestCase(-1)]
    public async Task A_message_of_them_that_is_hours_late_does_not_complete_the_rotation(int hours)
    {
        using var frozen = new Lost<RotationConcluded>();
        await using var mesh = await ConcludedAsync(frozen);
        await using var writer = await world.Database.DataSource.OpenConnectionAsync();
        await using var writing = await BeginWriteAsync(writer); // no totals are written over these
        await world.Database.ExecuteAsync(Bring);
        await mesh.UntilAsync(now => Waits(now.Reason, writer), "the next look is under way");
        await AgeTotalsAsync(mesh.Id, TimeSpan.FromHours(hours));

        await ThawAsync(mesh, frozen);
        await mesh.UntilAsync(now => now.State != "Verifying" || Waits(now.Reason, writer), "it is heard");
        var then = (await mesh.NowAsync())!.State;
        await writing.CommitAsync();
        await mesh.UntilAsync("Completed");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(then, Is.EqualTo("Verifying"));
            Assert.That(await world.AtVersionAsync(1), Is.Zero);
        }
    }

    private async Task<RunningMesh> ConcludedAsync(
        Lost<RotationConcluded> frozen,
        Action<IReceiveEndpointConfigurator>? more = null
    )
    {
        var mesh = await RunningMesh.StartAsync(
            world,
            new WorkerOptions(),
            configure: bus =>
                bus.AddConfigureEndpointsCallback(
                    (_, _, endpoint) =>
                    {
                        endpoint.UseFilter(frozen);
                        more?.Invoke(endpoint);
                    }
                )
        );
        await frozen.Met;
        return mesh;
    }

    // Once what was said before is told over.
    private static async Task ThawAsync(RunningMesh mesh, Lost<RotationConcluded> frozen)
    {
        frozen.LetPass();
        await mesh.PublishAsync(new RotationConcluded(mesh.Id));
        await mesh.PublishAsync(new RotationStalled(mesh.Id, "all were heard"));
        await mesh.UntilAsync(
            now => now.State != "Verifying" || now.Reason == "all were heard",
            "the last message is handled"
        );
    }

    private static async Task<NpgsqlTransaction> BeginWriteAsync(NpgsqlConnection writer)
    {
        var transaction = await writer.BeginTransactionAsync();
        await using var write = new NpgsqlCommand(
            "UPDATE knowledge_sources SET id = id WHERE id = (SELECT min(id) FROM knowledge_sources)",
            writer
        );
        await write.ExecuteNonQueryAsync();
        return transaction;
    }

    // The totals are sealed again, as they would be.
    private async Task AgeTotalsAsync(Guid rotation, TimeSpan age)
    {
        var (json, seal) = await new Control.Rotations.SummaryStore(world.Parts.Control).FindWrittenAsync(
            rotation,
            CancellationToken.None
        );
        var old = ClosingSummary.Read(world.Parts.Ring, rotation, json, seal)!;
        old = old with { WrittenAt = old.WrittenAt - age };
        await world.Database.ExecuteAsync(
            $"""
            UPDATE rotationmesh.rotations SET summary = '{old.ToJson()}', summary_seal = '{old.SealFor(
                world.Parts.Ring,
                rotation
            )}'
            WHERE correlation_id = '{rotation}'
            """
        );
    }

    private static bool Waits(string? reason, NpgsqlConnection writer) =>
        reason?.Contains($"session {writer.ProcessID}", StringComparison.Ordinal) == true;

    /// <summary>Loses the messages of one kind until they may pass.</summary>
    private sealed class Lost<T> : IFilter<ConsumeContext>, IDisposable
        where T : class
    {
        private readonly TaskCompletionSource met = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private volatile bool open;

        public Task Met => met.Task.WaitAsync(TimeSpan.FromSeconds(60));

        public void LetPass() => open = true;

        public Task Send(ConsumeContext context, IPipe<ConsumeContext> next)
        {
            if (open || Letter.Of(context) is not { } letter || letter.Kind != typeof(T))
                return next.Send(context);
            met.TrySetResult();
            return letter.Discard();
        }

        public void Probe(ProbeContext context) { }

        public void Dispose() => LetPass();
    }
}
