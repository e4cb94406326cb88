using RotationMesh.Control;
using RotationMesh.Control.Retirement;
using RotationMesh.Control.Rotations;
using RotationMesh.Core;
using RotationMesh.TestKit;

namespace RotationMesh.IntegrationTests.Control;

/// <summary>The control schema as a release left it that knew the first eleven migrations, with a rotation that had begun.</summary>
public sealed class WhenAnEarlierReleaseMadeTheSchema
{
    private const int Known = 11;

    private TestDatabase database = null!;
    private ControlDatabase control = null!;

    [SetUp]
    public async Task Create()
    {
        database = await TestDatabase.CreateAsync();
        control = new ControlDatabase(database.ConnectionString);
        await EarlierSchema.MakeAsync(database, Known);
        await database.ExecuteAsync(
            """
            INSERT INTO rotationmesh.rotations
                (correlation_id, state, target_version, target_fingerprint, map_hash, scopes)
            VALUES (gen_random_uuid(), 'Rotating', 2, repeat('a', 16), repeat('b', 64), '{notes}');
            INSERT INTO rotationmesh.sweeps (rotation_id, sweep, phase, planned_at)
            SELECT correlation_id, 1, 'rotate', now() FROM rotationmesh.rotations;
            INSERT INTO rotationmesh.sweep_tables
                (rotation_id, sweep, phase, scope, database_name, table_name, priority, partitions)
            SELECT rotation_id, 1, 'rotate', 'notes', 'app', 'notes', 1, 2 FROM rotationmesh.sweeps;
            INSERT INTO rotationmesh.partitions
                (sweep_table_id, sequence, state, attempt, expected_rows, lease_until, range)
            SELECT t.sweep_table_id, p.sequence, p.state, p.attempt, 10, p.lease_until, '{"leaf": {"name": "notes"}}'
            FROM rotationmesh.sweep_tables t,
                (VALUES (1, 'dispatched', 1, now() + interval '1 minute'), (2, 'pending', 0, NULL))
                    AS p (sequence, state, attempt, lease_until)
            """
        );
    }

    [TearDown]
    public async Task Drop()
    {
        await control.DisposeAsync();
        await database.DisposeAsync();
    }

    [Test]
    public void Whoever_reads_is_told_what_upgrades_it() =>
        Assert.That(
            () => control.HasCurrentRecordsAsync(CancellationToken.None),
            Throws
                .TypeOf<UsageException>()
                .With.Message.Contains("earlier release")
                .And.Message.Contains("rotate")
        );

    [Test]
    public async Task Whoever_is_about_to_upgrade_it_reads_nothing_of_it_before() =>
        Assert.That(await control.ExistsAsync(CancellationToken.None), Is.False);

    [Test]
    public async Task Upgraded_it_has_the_rotation_that_had_begun()
    {
        await control.MigrateAsync(CancellationToken.None);

        Assert.That(await control.HasCurrentRecordsAsync(CancellationToken.None), Is.True);
        Assert.That(await control.ExistsAsync(CancellationToken.None), Is.True);
        var running = await new RunningRotations(control).LatestAsync(1, CancellationToken.None);
        Assert.That(running.Single().State, Is.EqualTo("Rotating"));
    }

    [Test]
    public async Task What_was_with_a_worker_may_still_be_written_for_a_time_after_the_upgrade()
    {
        await control.MigrateAsync(CancellationToken.None);

        var now = await database.ScalarAsync<DateTime>("SELECT now()");
        var deadline = (
            await new RetiredKeyStore(control).ListDeadlinesToAsync(2, null, CancellationToken.None)
        ).Single();
        Assert.That(deadline.Until, Is.GreaterThan(now).And.LessThan(now + TimeSpan.FromMinutes(2)));
        Assert.That(
            await database.ScalarAsync<long>(
                "SELECT count(*) FROM rotationmesh.partitions WHERE left_until IS NOT NULL"
            ),
            Is.EqualTo(1)
        );
    }

    [Test]
    public async Task An_upgrade_that_was_left_alone_keeps_nobody_away_once_it_has_ended()
    {
        await using var other = await database.DataSource.OpenConnectionAsync();
        await using (var transaction = await other.BeginTransactionAsync())
        {
            await using var hold = other.CreateCommand();
            hold.CommandText = "LOCK TABLE rotationmesh.schema_versions IN SHARE MODE"; // it can be read, and not written
            await hold.ExecuteNonQueryAsync();
            using var stopping = new CancellationTokenSource();
            var upgrade = control.MigrateAsync(stopping.Token);
            await Eventually.Holds(
                async () =>
                    await database.ScalarAsync<bool>(
                        """
                        SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted
                                       AND relation = 'rotationmesh.schema_versions'::regclass)
                        """
                    ),
                TimeSpan.FromMinutes(1),
                "the upgrade waits"
            );
            await stopping.CancelAsync();
            Assert.That(async () => await upgrade, Throws.InstanceOf<OperationCanceledException>());
        }

        await using var another = new ControlDatabase(database.ConnectionString); // another process, that is
        await another.MigrateAsync(CancellationToken.None).WaitAsync(TimeSpan.FromMinutes(1));

        Assert.That(await another.HasCurrentRecordsAsync(CancellationToken.None), Is.True);
    }
}
