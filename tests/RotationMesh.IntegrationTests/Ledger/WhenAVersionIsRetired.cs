using RotationMesh.Control.Audit;
using RotationMesh.Control.Retirement;
using RotationMesh.Core;
using RotationMesh.IntegrationTests.Audit;
using RotationMesh.TestKit;

namespace RotationMesh.IntegrationTests.Ledger;

/// <summary>The last look, when nothing can begin any more: whatever was looked at before may have changed meanwhile.</summary>
public sealed class WhenAVersionIsRetired
{
    private static readonly Dictionary<string, DateTime> NoClocks = [];

    private LedgerScene scene = null!;

    [SetUp]
    public async Task Create() => scene = await LedgerScene.CreateAsync();

    [TearDown]
    public async Task Remove() => await scene.DisposeAsync();

    [TestCase("Checking")]
    [TestCase("Paused")]
    [TestCase("Cancelled", Description = "its totals are not written: workers may be at it")]
    public async Task A_rotation_to_it_is_in_the_way_until_it_is_over(string state)
    {
        var pausedIn = state == "Paused" ? "'Rotating'" : "NULL";
        await scene.ExecuteAsync(
            $"UPDATE rotationmesh.rotations SET requested_by = 'test', state = '{state}', paused_in = {pausedIn}"
        );

        var refused = await RetireAsync(NoClocks);
        Assert.That((refused.Key, refused.InTheWay.Count), Is.EqualTo(((RetiredKey?)null, 1)));

        await scene.ExecuteAsync(
            "UPDATE rotationmesh.rotations SET state = 'Cancelled', paused_in = NULL, concluded = true"
        );
        Assert.That((await RetireAsync(NoClocks)).Key?.Version, Is.EqualTo(2));
    }

    [Test]
    public async Task Time_to_write_is_in_the_way_whatever_became_of_its_rotation()
    {
        await scene.PlanAsync(1);
        var taken = (await scene.TakeAsync()).Single();
        await scene.SettleAsync(taken.Done());
        await scene.ExecuteAsync("UPDATE rotationmesh.rotations SET state = 'Completed', concluded = true");
        var until = taken.WriteUntil!.Value;

        var unknown = await RetireAsync(NoClocks);
        var early = await RetireAsync(new() { ["app"] = until.AddMilliseconds(-1) });
        var late = await RetireAsync(new() { ["app"] = until });

        Assert.That(unknown.Key, Is.Null);
        Assert.That(early.InTheWay.Single(), Does.Contain("may still bring rows to version 2"));
        Assert.That(late.Key?.Version, Is.EqualTo(2));
    }

    [Test]
    public async Task A_rotation_whose_start_is_under_way_is_waited_for_and_seen()
    {
        await using var connection = await scene.Source.OpenConnectionAsync();
        await using var starting = await connection.BeginTransactionAsync();
        await using var start = connection.CreateCommand();
        start.CommandText = """
            INSERT INTO rotationmesh.rotations
                (correlation_id, state, target_version, target_fingerprint, map_hash, scopes, requested_by)
            VALUES (gen_random_uuid(), 'Checking', 2, repeat('a', 16), repeat('b', 64), '{knowledge}', 'test')
            """;
        await start.ExecuteNonQueryAsync();

        var retiring = RetireAsync(NoClocks);
        await Eventually.Holds(
            () =>
                scene.ScalarAsync<bool>(
                    """
                    SELECT EXISTS (SELECT FROM pg_locks
                                   WHERE relation = 'rotationmesh.rotations'::regclass AND NOT granted)
                    """
                ),
            TimeSpan.FromSeconds(30),
            "the retirement waits for the start"
        );
        Assert.That(retiring.IsCompleted, Is.False);
        await starting.CommitAsync();

        Assert.That((await retiring).InTheWay, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_rotation_that_ended_while_the_rows_were_counted_is_in_the_way()
    {
        var counted = await scene.Control.NowAsync(CancellationToken.None);
        await scene.ExecuteAsync(
            "UPDATE rotationmesh.rotations SET requested_by = 'test', state = 'Completed', concluded = true"
        );

        var refused = await RetireAsync(NoClocks, counted);
        var afterwards = await RetireAsync(NoClocks);

        Assert.That(refused.InTheWay.Single(), Does.Contain("ended while the rows were counted"));
        Assert.That(afterwards.Key?.Version, Is.EqualTo(2));
    }

    [Test]
    public async Task Nothing_is_recorded_where_its_mark_was_lost_while_it_waited()
    {
        Assert.That(
            () => RetireAsync(NoClocks, ensure: () => throw new UsageException("the mark is lost")),
            Throws.TypeOf<UsageException>()
        );

        Assert.That((await RetireAsync(NoClocks)).Key?.Version, Is.EqualTo(2));
    }

    private async Task<Retirement> RetireAsync(
        Dictionary<string, DateTime> clocks,
        DateTime? counted = null,
        Func<Task>? ensure = null
    ) =>
        await new RetiredKeyStore(scene.Control).RetireAsync(
            2,
            null,
            new AuditLog(AuditScene.Ring),
            AuditEntry.Of(AuditKind.KeyRetired, null, "test", new { Version = 2 }),
            counted ?? await scene.Control.NowAsync(CancellationToken.None),
            clocks,
            new([], []),
            _ => ensure?.Invoke() ?? Task.CompletedTask,
            CancellationToken.None
        );
}
