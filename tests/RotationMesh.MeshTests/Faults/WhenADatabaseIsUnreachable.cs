using Npgsql;
using NUnit.Framework;
using RotationMesh.Contracts;
using RotationMesh.Control.Rotations;
using RotationMesh.MeshTests.Support;
using RotationMesh.Sample;
using RotationMesh.Tables;
using RotationMesh.Working;

namespace RotationMesh.MeshTests.Faults;

[TestFixture]
internal sealed class WhenADatabaseIsUnreachable
{
    private const string OfKnowledge = "knowledge_entries.content knowledge_sources.configuration";

    [Test]
    public async Task The_others_are_rotated_and_it_completes_by_itself_once_the_database_is_back()
    {
        await using var world = await SampleWorld.LoadAsync(new SampleOptions { Rows = 1000, Tenants = 3 });
        await using var door = LateDatabase.Door(world);
        await using var two = LateDatabase.Behind(world, door);
        await using var mesh = await RunningMesh.StartAsync(two, new WorkerOptions());

        await mesh.UntilAsync(now => now is { State: "Rotating", Reason: not null }, "the reason shows");
        var waiting = await mesh.NowAsync();
        var rotated = await world.AtVersionAsync(2);
        door.Open();
        await mesh.UntilAsync("Completed");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(waiting!.Reason, Does.Contain("late"));
            Assert.That(rotated, Is.GreaterThan(0), "the database that answers is rotated");
            Assert.That(await world.AtVersionAsync(1), Is.Zero);
        }
    }

    [Test]
    public async Task One_without_rows_is_recorded_as_well_before_the_rotation_completes()
    {
        await using var world = await SampleWorld.LoadAsync(new SampleOptions { Rows = 500, Tenants = 3 });
        await world.Database.ExecuteAsync("DELETE FROM knowledge_entries; DELETE FROM knowledge_sources");
        await using var door = LateDatabase.Door(world);
        await using var two = LateDatabase.Behind(world, door);
        await using var mesh = await RunningMesh.StartAsync(two, new WorkerOptions());

        await mesh.UntilAsync(now => now.State == "Rotating" && Says(now, "late"), "it waits");
        var before = await RecordedAsync(world);
        door.Open();
        await mesh.UntilAsync("Completed");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(before, Is.Null);
            Assert.That(await RecordedAsync(world), Is.EqualTo(OfKnowledge));
            Assert.That(
                await world.Database.ScalarAsync<bool>(
                    "SELECT EXISTS (SELECT FROM rotationmesh.rotated_databases WHERE database_name = 'late')"
                ),
                Is.True
            );
        }
    }

    [Test]
    public async Task One_that_does_not_tell_its_columns_is_not_written_before_they_are_recorded()
    {
        await using var world = await SampleWorld.LoadAsync(new SampleOptions { Rows = 500, Tenants = 3 });
        var isMute = true;
        await using var door = LateDatabase.Door(world, "AS Relation, a.attnum", () => isMute);
        door.Open();
        await using var two = LateDatabase.Behind(world, door);
        await using var mesh = await RunningMesh.StartAsync(two, new WorkerOptions());

        await mesh.UntilAsync(now => now.Sweep > 1 || now.IsOver, "a sweep has left it out");
        var recorded = await RecordedAsync(world);
        var written = await world.Database.ScalarAsync<long>(
            "SELECT count(*) FROM knowledge_entries WHERE encryption_key_version = 2"
        );
        isMute = false;
        await mesh.UntilAsync("Completed");

        using (Assert.EnterMultipleScope())
        {
            Assert.That((recorded, written), Is.EqualTo(((string?)null, 0L)));
            Assert.That(await RecordedAsync(world), Is.EqualTo(OfKnowledge));
            Assert.That(await world.AtVersionAsync(1), Is.Zero);
        }
    }

    [Test]
    public async Task One_in_which_the_version_cannot_be_held_is_named_with_the_cause()
    {
        await using var world = await SampleWorld.LoadAsync(new SampleOptions { Rows = 500, Tenants = 3 });
        await using var door = LateDatabase.Door(world);
        door.Open();
        await using var two = LateDatabase.Behind(world, door);
        await using var mesh = await RunningMesh.StartAsync(two, worker: null);
        await mesh.UntilAsync("Rotating");

        await door.CloseAsync();
        // One session holds it for both, by either's connection string.
        await world.Database.ExecuteAsync(
            """
            SELECT pg_terminate_backend(l.pid) FROM pg_locks l JOIN pg_database d ON d.oid = l.objid
            WHERE l.locktype = 'advisory' AND l.objsubid = 1 AND d.datname = current_database()
            """
        );

        await mesh.UntilAsync(
            now =>
                Says(
                    now,
                    "database late: nothing is written there, for the lock of version 2 can't be held: "
                ),
            "it says so"
        );
    }

    [Test]
    public async Task A_cancelled_rotation_is_not_over_while_nobody_can_say_that_its_writes_have_ended()
    {
        await using var world = await SampleWorld.LoadAsync(new SampleOptions { Rows = 500, Tenants = 3 });
        await using var door = LateDatabase.Door(world);
        door.Open();
        await using var two = LateDatabase.Behind(world, door);
        await using var mesh = await RunningMesh.OpenAsync(two, new WorkerOptions { Concurrency = 2 });
        await using var late = await world.Database.DataSource.OpenConnectionAsync();
        await using var writing = await late.BeginTransactionAsync();
        await using var hold = new NpgsqlCommand(
            $"SELECT pg_advisory_xact_lock_shared({WriteTerm.LockOf(mesh.Id)})",
            late
        );
        await hold.ExecuteNonQueryAsync();
        await mesh.ControlAsync(mesh.Order(mesh.Id, []));
        await mesh.UntilAsync(now => Says(now, "a write in database late"), "it waits for the write");
        await world.Database.ExecuteAsync(
            """
            UPDATE rotationmesh.partitions SET left_until = now()
            WHERE sweep_table_id IN (SELECT sweep_table_id FROM rotationmesh.sweep_tables WHERE database_name = 'late')
            """
        );

        await door.CloseAsync();
        await writing.CommitAsync();
        await mesh.ControlAsync(new CancelRotation(mesh.Id, "ann"));
        await mesh.UntilAsync(
            now => Says(now, "database late can't be asked whether writes have ended"),
            "it says which database does not answer"
        );
        var waiting = await mesh.NowAsync();
        door.Open();
        await mesh.UntilAsync(now => now.IsOver, "it is over");

        using (Assert.EnterMultipleScope())
        {
            Assert.That((waiting!.State, waiting.IsOver), Is.EqualTo(("Cancelled", false)));
            Assert.That(waiting.Reason, Does.StartWith("cancelled by ann\n"));
            Assert.That((await mesh.NowAsync())!.Reason, Is.EqualTo("cancelled by ann"));
        }
    }

    [Test]
    public async Task A_mistyped_tenant_is_told_at_the_end_and_the_others_are_rotated()
    {
        await using var world = await SampleWorld.LoadAsync(new SampleOptions { Rows = 500, Tenants = 3 });
        await using var door = LateDatabase.Door(world);
        await using var two = LateDatabase.Behind(world, door);
        await using var mesh = await RunningMesh.StartAsync(
            two,
            new WorkerOptions(),
            tenants: [await TenantAsync(world), "nobody"]
        );

        await mesh.UntilAsync(
            now => now is { State: "Rotating", SettledSweep: > 0 } && Says(now, "database late"),
            "it waits"
        );
        var rotated = await world.AtVersionAsync(2);
        door.Open();
        await mesh.UntilAsync(now => now.IsOver, "it is over");

        using (Assert.EnterMultipleScope())
        {
            var over = await mesh.NowAsync();
            Assert.That(rotated, Is.GreaterThan(0));
            Assert.That(over!.State, Is.EqualTo("CompletedWithFailures"));
            Assert.That(over.Reason, Does.StartWith("no table of the map has rows of tenant nobody"));
        }
    }

    [Test]
    public async Task A_cancelled_rotation_says_that_it_was_never_counted()
    {
        await using var world = await SampleWorld.LoadAsync(new SampleOptions { Rows = 500, Tenants = 3 });
        await using var door = LateDatabase.Door(world);
        await using var two = LateDatabase.Behind(world, door);
        await using var mesh = await RunningMesh.StartAsync(two, new WorkerOptions());
        await mesh.UntilAsync(now => now.State == "Rotating" && Says(now, "late"), "it waits");

        await mesh.ControlAsync(new CancelRotation(mesh.Id, "ann"));
        await mesh.UntilAsync(now => now.Concluded, "its totals are written");

        Assert.That(
            await world.Database.ScalarAsync<string>(
                "SELECT summary ->> 'Notes' FROM rotationmesh.rotations WHERE concluded"
            ),
            Does.Contain("never counted")
                .And.Contain("knowledge_entries (database late)")
                .And.Not.Contain("connectors")
        );
    }

    // One of a table that answers.
    private static async Task<string> TenantAsync(SampleWorld world) =>
        (await world.Database.ScalarAsync<string>("SELECT min(\"tenantId\") FROM connectors"))!;

    private static bool Says(RunningRotation now, string what) =>
        now.Reason?.Contains(what, StringComparison.Ordinal) == true;

    // The columns that are recorded of it; null where there are none.
    private static Task<string?> RecordedAsync(SampleWorld world) =>
        world.Database.ScalarAsync<string>(
            """
            SELECT string_agg(table_name || '.' || column_name, ' ' ORDER BY table_name)
            FROM rotationmesh.rotated_columns WHERE database_name = 'late'
            """
        );
}
