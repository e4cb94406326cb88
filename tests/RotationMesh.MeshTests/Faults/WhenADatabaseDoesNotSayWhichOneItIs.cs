using NUnit.Framework;
using RotationMesh.Contracts;
using RotationMesh.Control.Ledger;
using RotationMesh.Control.Rotations;
using RotationMesh.MeshTests.Support;
using RotationMesh.Sample;
using RotationMesh.TestKit;
using RotationMesh.Working;

namespace RotationMesh.MeshTests.Faults;

/// <summary>A database whose rows are counted at once, and that is silent whenever it is asked which one it is.</summary>
[TestFixture]
internal sealed class WhenADatabaseDoesNotSayWhichOneItIs
{
    /// <summary>The question for its identity and its tables.</summary>
    private const string Question = "'below' AS kind";

    private static readonly SampleOptions Small = new() { Rows = 300, Tenants = 3 };

    [Test]
    public async Task Though_nothing_of_it_is_rotated_its_rows_are_decrypted_only_once_it_does()
    {
        await using var world = await SampleWorld.LoadAsync(Small);
        await using (var first = await RunningMesh.StartAsync(world, new WorkerOptions()))
            await first.UntilAsync("Completed");
        var isMute = true;
        await using var door = LateDatabase.Door(world, Question, () => isMute);
        door.Open();
        await using var two = LateDatabase.Behind(world, door);
        await using var mesh = await RunningMesh.StartAsync(two, new WorkerOptions());

        await mesh.UntilAsync(
            now => now.IsOver || Says(now, "database late does not say which one it is"),
            "it says so"
        );
        var waiting = await mesh.NowAsync();
        var planned = await mesh.LedgerAsync();
        var before = await RecordedAsync(world);
        isMute = false;
        await mesh.UntilAsync("Completed");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(waiting!.State, Is.EqualTo("Verifying"));
            Assert.That(planned.Select(sweep => sweep.Key.Phase), Has.None.EqualTo(SweepPhase.Verify));
            Assert.That((before, await RecordedAsync(world)), Is.EqualTo((0L, 1L)));
        }
    }

    [Test]
    public async Task Where_an_earlier_release_had_its_rows_decrypted_all_the_same_nothing_ends_and_it_is_told_what_to_do()
    {
        await using var world = await SampleWorld.LoadAsync(Small);
        await using var door = LateDatabase.Door(world);
        door.Open();
        await using var two = LateDatabase.Behind(world, door);
        using var open = new ManualResetEventSlim();
        var worker = new WorkerOptions
        {
            Concurrency = 1,
            Verified = _ => open.Wait(TimeSpan.FromSeconds(60)),
        };
        await using var mesh = await RunningMesh.StartAsync(two, worker);
        await Eventually.Holds(
            async () =>
                (await mesh.LedgerAsync()).Any(sweep =>
                    sweep is { Key.Phase: SweepPhase.Verify, IsPlanned: true }
                ),
            TimeSpan.FromSeconds(60),
            "verification is planned"
        );

        await world.Database.ExecuteAsync(
            """
            UPDATE rotationmesh.claims SET identity = NULL WHERE database_name = 'late';
            UPDATE rotationmesh.rotation_tables SET identity = NULL WHERE database_name = 'late';
            DELETE FROM rotationmesh.rotation_parts WHERE database_name = 'late'
            """
        );
        open.Set();
        await mesh.UntilAsync(
            now =>
                now.IsOver
                || Says(
                    now,
                    "database late was not recorded before its rows were decrypted, so nobody knows"
                ),
            "it says so"
        );
        var waiting = await mesh.NowAsync();
        await mesh.ControlAsync(new CancelRotation(mesh.Id, "ann"));
        await mesh.UntilAsync(now => now.IsOver, "it is over");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(waiting!.State, Is.EqualTo("Verifying"));
            Assert.That(waiting.Reason, Does.EndWith("cancel the rotation and start anew"));
            Assert.That((await mesh.NowAsync())!.State, Is.EqualTo("Cancelled"));
        }
    }

    private static bool Says(RunningRotation now, string what) =>
        now.Reason?.Contains(what, StringComparison.Ordinal) == true;

    private static Task<long> RecordedAsync(SampleWorld world) =>
        world.Database.ScalarAsync<long>(
            "SELECT count(*) FROM rotationmesh.rotated_databases WHERE database_name = 'late'"
        );
}
