using RotationMesh.IntegrationTests.Concurrency;
using RotationMesh.IntegrationTests.Support;
using RotationMesh.Tables.Versions;
using RotationMesh.Tables.Writing;
using RotationMesh.TestKit;

namespace RotationMesh.IntegrationTests.Retiring;

/// <summary>Whoever retires a key knows nothing of a rotation whose records are elsewhere, but for what its database shows.</summary>
[Parallelizable(ParallelScope.All)] // they wait
public sealed class WhenAnotherControlDatabaseRotates
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Test]
    public async Task The_version_that_it_brings_rows_to_stays_in_service_until_it_is_over()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var elsewhere = await TestDatabase.CreateAsync();
        await using var here = await TestDatabase.CreateAsync();
        await using var rotating = Fixture.Of(database, elsewhere.ConnectionString);
        await using var retiring = Fixture.Of(database, here.ConnectionString);
        await rotating.CreateNotesAsync();
        await rotating.InsertAsync(Note.Many(20, version: 2));
        var before = await retiring.KeyAsync();
        Task<LocalOperations.RotationReport> rotation;
        Operations.Documents.RetirementDocument refused;
        Operations.Documents.KeyDocument listed;
        await using (var application = await database.DataSource.OpenConnectionAsync())
        await using (var transaction = await application.BeginTransactionAsync())
        {
            await using var hold = application.CreateCommand();
            hold.CommandText = "SELECT FROM notes FOR UPDATE";
            await hold.ExecuteNonQueryAsync();
            rotation = rotating.RotateAsync(target: 1, allowDowngrade: true);
            await Eventually.Holds(
                async () =>
                    await elsewhere.ScalarAsync<bool>(
                        "SELECT to_regclass('rotationmesh.partitions') IS NOT NULL"
                    )
                    && await elsewhere.ScalarAsync<bool>(
                        "SELECT EXISTS (SELECT FROM rotationmesh.partitions WHERE attempt > 0)"
                    ),
                Deadline,
                "the rotation waits for the application's rows"
            );
            refused = await retiring.RetireAsync();
            listed = await retiring.KeyAsync();
        }

        var report = await rotation;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(before.SafeToRetire, Is.True);
            Assert.That(refused.Retired, Is.False);
            Assert.That(
                refused.InTheWay.Single(),
                Does.StartWith("database app:").And.Contain("version 1").And.Contain("(rotationmesh)")
            );
            Assert.That(listed.SafeToRetire, Is.False);
            Assert.That(report.State, Is.EqualTo("Completed"));
        }

        await rotating.RotateAsync();
        await Eventually.Holds(
            async () => (await retiring.RetireAsync()).Retired,
            Deadline,
            "nothing is left of the rotation"
        );
    }

    [Test]
    public async Task A_rotation_that_would_begin_while_the_version_is_retired_is_refused()
    {
        await using var fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync(Note.Many(20));
        await using (var closing = await CloseAsync(fixture, version: 2))
        {
            Assert.That(closing.InTheWay, Is.Empty);
            foreach (var dryRun in new[] { true, false })
                Assert.That(
                    async () => await fixture.RotateAsync(dryRun: dryRun),
                    Throws.InstanceOf<Core.UsageException>().With.Message.Contains("is being retired")
                );
        }

        Assert.That((await fixture.RotateAsync()).State, Is.EqualTo("Completed"));
    }

    [Test]
    public async Task No_write_gets_through_while_the_version_is_retired()
    {
        await using var fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync(Note.Many(20));
        await using var closing = await CloseAsync(fixture, version: 2);

        var outcome = (await fixture.PassAsync(term: Terms.Long)).Outcome;

        Assert.That(
            (outcome.Counts.Rotated, outcome.Finished, outcome.OutOfTime),
            Is.EqualTo((0, false, true))
        );
    }

    [Test]
    public async Task Two_names_of_one_database_are_closed_as_one_and_two_rotations_hold_it_together()
    {
        await using var fixture = await Fixture.CreateAsync();
        await using var twice = fixture.WithDatabase("again", fixture.ConnectionString, Entries.Notes);
        await using var first = await HoldAsync(fixture);
        await using var second = await HoldAsync(fixture);

        await using var held = await CloseAsync(twice, version: 2);
        await using var free = await CloseAsync(twice, version: 1);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(first is not null && second is not null, Is.True);
            Assert.That(held.InTheWay, Has.Count.EqualTo(2));
            Assert.That(held.InTheWay[0], Does.Contain("session").And.Contain("rotationmesh"));
            Assert.That(free.InTheWay, Is.Empty);
        }
    }

    [Test]
    public async Task One_session_holds_the_versions_of_several_databases_and_says_of_which()
    {
        await using var one = await TestDatabase.CreateAsync();
        await using var two = await TestDatabase.CreateAsync();
        await using var both = Fixture.Of([one, two], one.ConnectionString);
        await using var sessions = new ServerSessions(both.Databases);
        var first = await TakeAsync(both, sessions, one.Name, 2);
        var second = await TakeAsync(both, sessions, two.Name, 3);
        await using var third = await TakeAsync(both, sessions, two.Name, 70_000);

        IReadOnlyList<string> closed = [.. await InTheWayAsync(2), .. await InTheWayAsync(3)];
        var large = await InTheWayAsync(70_000);
        var free = await InTheWayAsync(4);
        await first!.DisposeAsync();
        var firstIsLeft = await InTheWayAsync(2);
        var shut = await VersionClosing.CloseAsync(both.Databases, [one.Name], 2, CancellationToken.None);
        var refused = await TakeAsync(both, sessions, one.Name, 2);
        var elsewhere = await TakeAsync(both, sessions, two.Name, 2);
        await shut.DisposeAsync();
        VersionHold? again = null;
        // The server frees it a moment after the session was closed.
        await Eventually.Holds(
            async () => (again ??= await TakeAsync(both, sessions, one.Name, 2)) is not null,
            Deadline,
            "it may be held again"
        );
        await using var held = again;
        await second!.DisposeAsync();
        await elsewhere!.DisposeAsync();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                closed.Select(line => line.Split(':')[0]),
                Is.EqualTo(new[] { $"database {one.Name}", $"database {two.Name}" })
            );
            Assert.That(large, Has.Count.EqualTo(1));
            Assert.That(free, Is.Empty);
            Assert.That(firstIsLeft, Is.Empty);
            Assert.That(refused, Is.Null);
            Assert.That(again, Is.Not.Null);
        }

        async Task<IReadOnlyList<string>> InTheWayAsync(int version)
        {
            await using var closing = await VersionClosing.CloseAsync(
                both.Databases,
                [one.Name, two.Name],
                version,
                CancellationToken.None
            );
            return [.. closing.InTheWay];
        }
    }

    [Test]
    public async Task A_worker_at_a_partition_is_seen_by_a_session_in_another_database_of_the_server()
    {
        await using var other = await TestDatabase.CreateAsync();
        await using var fixture = await Fixture.CreateAsync();
        await using var both = Fixture
            .Of([other], other.ConnectionString)
            .WithDatabase("second", fixture.ConnectionString, Entries.Notes with { Database = "second" });
        await using var writing = await fixture.Databases.OpenWritingAsync(
            Fixture.App,
            CancellationToken.None
        );
        var clock = new WriteClock(writing, Terms.Long with { Version = 2 });

        await clock.BeginAsync();
        var atWork = await InTheWayAsync();
        await clock.EndAsync();
        var done = await InTheWayAsync();

        Assert.That(
            atWork.Single(),
            Does.StartWith("database second:").And.Contain($"session {writing.ProcessID} (rotationmesh)")
        );
        Assert.That(done, Is.Empty);

        async Task<IReadOnlyList<string>> InTheWayAsync()
        {
            await using var closing = await CloseAsync(both, version: 2);
            return [.. closing.InTheWay];
        }
    }

    private static Task<VersionHold?> TakeAsync(
        Fixture fixture,
        ServerSessions sessions,
        string database,
        int version
    ) => VersionHold.TryTakeAsync(fixture.Databases, sessions, database, version, CancellationToken.None);

    private static Task<VersionHold?> HoldAsync(Fixture fixture) =>
        VersionHold.TryTakeAsync(
            fixture.Databases,
            new ServerSessions(fixture.Databases),
            Fixture.App,
            2,
            CancellationToken.None
        );

    private static Task<VersionClosing> CloseAsync(Fixture fixture, int version) =>
        VersionClosing.CloseAsync(
            fixture.Databases,
            fixture.Map.Databases.Select(database => database.Name),
            version,
            CancellationToken.None
        );
}
