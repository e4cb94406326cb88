using NUnit.Framework;
using RotationMesh.Contracts;
using RotationMesh.Control.Rotations;
using RotationMesh.Coordination;
using RotationMesh.Coordination.Dispatching;
using RotationMesh.MeshTests.Support;
using RotationMesh.Sample;
using RotationMesh.Tables.Versions;
using RotationMesh.TestKit;

namespace RotationMesh.MeshTests.Rotations;

/// <summary>The coordinators' lock of the version that rows are brought to, in the database of the rows.</summary>
[TestFixture]
internal sealed class WhenAVersionIsHeld
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Test]
    public async Task It_is_held_while_the_rotation_is_paused_taken_again_when_it_was_lost_and_let_go_of_at_the_end()
    {
        await using var world = await SampleWorld.LoadAsync(new SampleOptions { Rows = 500, Tenants = 2 });
        await using var mesh = await RunningMesh.StartAsync(world, worker: null);
        await mesh.UntilAsync("Rotating");
        await mesh.ControlAsync(new PauseRotation(mesh.Id, "test"));
        await mesh.UntilAsync("Paused");
        await UntilAsync(world, held => held.Count > 0, "it is held");

        var first = (await HoldersAsync(world)).Single();
        await world.Database.ExecuteAsync($"SELECT pg_terminate_backend({first.Session})");
        await UntilAsync(world, held => held.Any(one => one.Session != first.Session), "it is held again");
        await mesh.ControlAsync(new CancelRotation(mesh.Id, "test"));
        await mesh.UntilAsync(end => end.Concluded, "it is over");
        await UntilAsync(world, held => held.Count == 0, "it is let go of");

        Assert.That((first.Version, first.IsAlone), Is.EqualTo((2, false)));
    }

    [Test]
    public async Task A_rotation_is_refused_while_somebody_has_it_alone()
    {
        await using var world = await SampleWorld.LoadAsync(new SampleOptions { Rows = 500, Tenants = 2 });
        await using var mesh = await RunningMesh.OpenAsync(world, worker: new());
        var id = Guid.CreateVersion7();
        await using (var closing = await CloseAsync(world))
        {
            await mesh.ControlAsync(mesh.Order(id, []));
            await mesh.UntilAsync(id, now => now.State == "Faulted", "it is refused");
        }

        var second = await mesh.StartAnotherAsync();
        await mesh.UntilAsync(second, now => now.State == "Completed", "the next one completes");

        Assert.That((await mesh.NowAsync(id))!.Reason, Does.Contain("is being retired"));
    }

    [Test]
    public async Task A_rotation_that_lost_it_to_a_retirement_is_paused_until_somebody_has_looked()
    {
        await using var world = await SampleWorld.LoadAsync(new SampleOptions { Rows = 500, Tenants = 2 });
        await using var mesh = await RunningMesh.StartAsync(world, worker: null);
        await mesh.UntilAsync("Rotating");
        await UntilAsync(world, held => held.Count > 0, "it is held");

        await using (var retiring = await TakeFromRotationAsync(world))
            await mesh.UntilAsync("Paused");
        var paused = await mesh.NowAsync();
        await UntilAsync(world, now => now.Count > 0, "it is held while the rotation is paused");
        await mesh.ControlAsync(new ResumeRotation(mesh.Id, "test"));
        await mesh.UntilAsync("Rotating");
        await UntilAsync(world, now => now.Count > 0, "it is held on");

        Assert.That(paused!.Reason, Does.Contain("key version 2 is being retired in database app"));
    }

    [Test]
    public async Task Only_rotations_that_lost_it_wait_for_somebody_who_has_looked()
    {
        await using var world = await SampleWorld.LoadAsync(new SampleOptions { Rows = 1, Tenants = 1 });
        await world.Parts.Control.MigrateAsync(CancellationToken.None);
        using var signal = new LedgerSignal();
        await using var holds = new VersionHolds(
            world.Parts.Map,
            world.Parts.Databases,
            world.Parts.Control,
            signal,
            TimeProvider.System
        );
        var (early, late) = (Running(world), Running(world));
        await using (await CloseAsync(world))
            await KeepUntilAsync(holds, [early], () => holds.ExplainClosed(early) is not null, "it is lost");

        await KeepUntilAsync(holds, [early, late], () => IsHeld(holds, late), "the later one holds it");
        Assert.That(holds.ExplainClosed(late), Is.Null);
        Assert.That(IsHeld(holds, early), Is.False);
        holds.Keep([early with { State = "Paused", Reason = "the circuit breaker has tripped" }, late]);
        Assert.That(IsHeld(holds, early), Is.False, "it was paused for something else");
        holds.Keep([early with { State = "Paused", Reason = holds.ExplainClosed(early) }, late]);
        holds.Keep([early, late]);

        Assert.That(IsHeld(holds, early), "somebody has looked and resumed it");
    }

    private static RunningRotation Running(SampleWorld world) =>
        new()
        {
            RotationId = Guid.CreateVersion7(),
            State = "Rotating",
            TargetVersion = 2,
            Scopes = [.. world.Parts.Map.Scopes.Select(scope => scope.Name)],
        };

    private static bool IsHeld(VersionHolds holds, RunningRotation rotation) =>
        holds.IsHeld(rotation.RotationId, "app", 2);

    private static Task KeepUntilAsync(
        VersionHolds holds,
        RunningRotation[] running,
        Func<bool> condition,
        string what
    ) =>
        Eventually.Holds(
            () =>
            {
                holds.Keep(running);
                return Task.FromResult(condition());
            },
            Deadline,
            what
        );

    // The session that held it ends, and a retirement takes it before the coordinator notices.
    private static async Task<VersionClosing> TakeFromRotationAsync(SampleWorld world)
    {
        var holder = (await HoldersAsync(world)).Single();
        await world.Database.ExecuteAsync($"SELECT pg_terminate_backend({holder.Session})");
        await UntilAsync(world, held => held.Count == 0, "it is lost");
        var closing = await CloseAsync(world);
        Assert.That(closing.InTheWay, Is.Empty);
        return closing;
    }

    private static Task<VersionClosing> CloseAsync(SampleWorld world) =>
        VersionClosing.CloseAsync(world.Parts.Databases, ["app"], 2, CancellationToken.None);

    private static Task UntilAsync(
        SampleWorld world,
        Func<IReadOnlyList<VersionHolder>, bool> condition,
        string what
    ) => Eventually.Holds(async () => condition(await HoldersAsync(world)), Deadline, what);

    private static async Task<IReadOnlyList<VersionHolder>> HoldersAsync(SampleWorld world)
    {
        await using var connection = await world.Database.DataSource.OpenConnectionAsync();
        return await VersionLock.FindAsync(connection, CancellationToken.None);
    }
}
