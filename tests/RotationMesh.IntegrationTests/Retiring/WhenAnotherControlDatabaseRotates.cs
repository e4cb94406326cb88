using RotationMesh.IntegrationTests.Concurrency;
using RotationMesh.IntegrationTests.Stages;
using RotationMesh.Postgres.Target;
using RotationMesh.Postgres.Target.Versions;
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
        await using var rotating = Stage.Of(database, elsewhere.ConnectionString);
        await using var retiring = Stage.Of(database, here.ConnectionString);
        await rotating.CreateNotesAsync();
        await rotating.InsertAsync(Note.Many(20, version: 2));
        var before = await retiring.KeyAsync();
        Task<Engine.RotationReport> rotation;
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
        await using var stage = await Stage.CreateAsync();
        await stage.CreateNotesAsync();
        await stage.InsertAsync(Note.Many(20));
        await using (var closing = await CloseAsync(stage, version: 2))
        {
            Assert.That(closing.InTheWay, Is.Empty);
            Assert.That(
                async () => await stage.RotateAsync(),
                Throws.InstanceOf<Core.UsageException>().With.Message.Contains("is being retired")
            );
        }

        Assert.That((await stage.RotateAsync()).State, Is.EqualTo("Completed"));
    }

    [Test]
    public async Task No_write_gets_through_while_the_version_is_retired()
    {
        await using var stage = await Stage.CreateAsync();
        await stage.CreateNotesAsync();
        await stage.InsertAsync(Note.Many(20));
        await using var closing = await CloseAsync(stage, version: 2);

        var outcome = (await stage.PassAsync(term: Terms.Long)).Outcome;

        Assert.That((outcome.Rotated, outcome.Finished, outcome.OutOfTime), Is.EqualTo((0, false, true)));
    }

    [Test]
    public async Task Two_names_of_one_database_are_closed_as_one_and_two_rotations_hold_it_together()
    {
        await using var stage = await Stage.CreateAsync();
        await using var twice = stage.WithDatabase("again", stage.ConnectionString, Entries.Notes);
        await using var first = await HoldAsync(stage);
        await using var second = await HoldAsync(stage);

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

    private static Task<VersionHold?> HoldAsync(Stage stage) =>
        VersionHold.TryTakeAsync(
            stage.Databases,
            new ServerSessions(stage.Databases),
            Stage.App,
            2,
            CancellationToken.None
        );

    private static Task<VersionClosing> CloseAsync(Stage stage, int version) =>
        VersionClosing.CloseAsync(
            stage.Databases,
            stage.Map.Databases.Select(database => database.Name),
            version,
            CancellationToken.None
        );
}
