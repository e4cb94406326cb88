using MassTransit;
using Npgsql;
using NUnit.Framework;
using RotationMesh.Contracts;
using RotationMesh.MeshTests.Support;
using RotationMesh.Operations.Documents;
using RotationMesh.Sample;
using RotationMesh.TestKit;

namespace RotationMesh.MeshTests.Rotations;

/// <summary>A message changes row and audit log together, once, and beside no other message.</summary>
[TestFixture]
internal sealed class WhenARotationIsWritten
{
    private static readonly SampleOptions Small = new() { Rows = 300, Tenants = 3 };

    /// <summary>Returns 1 the first time, also where that transaction is rolled back.</summary>
    private const string Tries = "CREATE SEQUENCE public.tries; ";

    private const string WaitingStarts = """
        SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'
          AND (query LIKE 'INSERT INTO rotationmesh.rotations%' OR query LIKE '%pg_advisory_xact_lock%')
        """;

    [Test]
    public async Task Starts_that_come_at_once_begin_one_rotation()
    {
        await using var world = await SampleWorld.LoadAsync(Small);
        await using var mesh = await RunningMesh.OpenAsync(world, worker: null);

        await using (var connection = await world.Database.DataSource.OpenConnectionAsync())
        {
            // One waits to insert the rotation, and the others for their turn.
            await using var transaction = await connection.BeginTransactionAsync();
            await using var hold = new NpgsqlCommand(
                "LOCK TABLE rotationmesh.rotations IN SHARE MODE",
                connection
            );
            await hold.ExecuteNonQueryAsync();
            await Task.WhenAll(
                Enumerable.Range(0, 8).Select(_ => mesh.ControlAsync(mesh.Order(mesh.Id, [])))
            );
            await Eventually.Holds(
                async () => await world.Database.ScalarAsync<long>(WaitingStarts) == 8,
                TimeSpan.FromSeconds(30),
                "all wait"
            );
        }

        await mesh.UntilAsync("Rotating");

        var events = await new AuditedRotation(world, mesh.Id).EventsAsync();
        Assert.That(events.Count(written => written.Kind == "RotationStarted"), Is.EqualTo(1));
    }

    [Test]
    public async Task Requests_that_come_at_once_are_all_heard()
    {
        await using var world = await SampleWorld.LoadAsync(Small);
        await using var mesh = await RunningMesh.StartAsync(world, worker: null);
        await mesh.UntilAsync("Rotating");

        await Task.WhenAll(
            Enumerable.Range(0, 50).Select(_ => mesh.ControlAsync(new PauseRotation(mesh.Id, "ann")))
        );

        await mesh.UntilAsync(now => now.Steerings.Length == 50, "all are kept, and none can be replayed");
        Assert.That(await PausesAsync(world, mesh), Is.EqualTo(1));
    }

    [Test]
    public async Task A_change_that_finds_no_row_is_made_again_with_its_event()
    {
        await using var world = await SampleWorld.LoadAsync(Small);
        await using var mesh = await RunningMesh.StartAsync(world, worker: null);
        await mesh.UntilAsync("Rotating");
        await world.Database.ExecuteAsync(
            Tries
                + """
                CREATE FUNCTION public.lose() RETURNS trigger LANGUAGE plpgsql AS
                'BEGIN IF nextval(''public.tries'') = 1 THEN RETURN NULL; END IF; RETURN NEW; END';
                CREATE TRIGGER lose BEFORE UPDATE OF state ON rotationmesh.rotations FOR EACH ROW
                WHEN (NEW.state = 'Paused') EXECUTE FUNCTION public.lose()
                """
        );

        await mesh.ControlAsync(new PauseRotation(mesh.Id, "ann"));
        await mesh.UntilAsync("Paused");

        Assert.That(await PausesAsync(world, mesh), Is.EqualTo(1));
    }

    [Test]
    public async Task A_change_whose_event_is_refused_is_taken_back_and_made_again()
    {
        await using var world = await SampleWorld.LoadAsync(Small);
        await using var mesh = await RunningMesh.StartAsync(world, worker: null);
        await mesh.UntilAsync("Rotating");
        await world.Database.ExecuteAsync(
            Tries
                + """
                CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS
                'BEGIN IF nextval(''public.tries'') = 1 THEN RAISE ''refused''; END IF; RETURN NEW; END';
                CREATE TRIGGER refuse BEFORE INSERT ON rotationmesh.audit_events FOR EACH ROW
                EXECUTE FUNCTION public.refuse()
                """
        );

        await mesh.ControlAsync(new PauseRotation(mesh.Id, "ann"));
        await mesh.UntilAsync("Paused");

        var tries = await world.Database.ScalarAsync<long>("SELECT last_value FROM public.tries");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(tries, Is.GreaterThan(1));
            Assert.That(await PausesAsync(world, mesh), Is.EqualTo(1));
        }
    }

    [Test]
    public async Task A_command_that_could_not_be_sent_after_the_commit_is_sent_when_the_event_is_tried_again()
    {
        await using var world = await SampleWorld.LoadAsync(Small);
        await using var mesh = await RunningMesh.StartAsync(
            world,
            worker: null,
            configure: bus => bus.AddSendObserver(_ => new FailingSend()),
            nudge: TimeSpan.FromHours(1)
        );

        await mesh.UntilAsync("Rotating");

        var events = await new AuditedRotation(world, mesh.Id).EventsAsync();
        Assert.That(events.Count(written => written.Kind == "RotationStarted"), Is.EqualTo(1));
    }

    private static async Task<int> PausesAsync(SampleWorld world, RunningMesh mesh) =>
        (await new AuditedRotation(world, mesh.Id).EventsAsync())
            .Where(written => written.Kind == "StateChanged")
            .Count(written => AuditedRotation.Details<StateChangedDetails>(written).To == "Paused");

    /// <summary>Fails the first command that the saga sends.</summary>
    private sealed class FailingSend : ISendObserver
    {
        private int failed;

        public Task PreSend<T>(SendContext<T> context)
            where T : class =>
            context.Message is CheckRotation && Interlocked.Exchange(ref failed, 1) == 0
                ? throw new InvalidOperationException("the broker does not answer")
                : Task.CompletedTask;

        public Task PostSend<T>(SendContext<T> context)
            where T : class => Task.CompletedTask;

        public Task SendFault<T>(SendContext<T> context, Exception exception)
            where T : class => Task.CompletedTask;
    }
}
