using Npgsql;
using NUnit.Framework;
using RotationMesh.Control.Failures;
using RotationMesh.Control.Guards;
using RotationMesh.Control.Rotations;
using RotationMesh.Coordination.Closing;
using RotationMesh.Core.Map;
using RotationMesh.MeshTests.Support;
using RotationMesh.Sample;

namespace RotationMesh.MeshTests.Faults;

/// <summary>What a process read, or had the right to write, is gone when it goes on.</summary>
[TestFixture]
internal sealed class WhenAProcessComesTooLate
{
    [Test]
    public async Task A_rotation_that_ended_meanwhile_keeps_the_seal_of_its_end()
    {
        await using var world = await SampleWorld.LoadAsync(new SampleOptions { Rows = 300, Tenants = 3 });
        using var turnstile = new Turnstile();
        await using var mesh = await RunningMesh.StartAsync(world, turnstile.Worker);
        await turnstile.Reached;
        var read = (await mesh.NowAsync())!;
        turnstile.Open();
        await mesh.UntilAsync("Completed");

        var written = await new RunningRotations(world.Parts.Control).SealAsync(
            read,
            RotationSeals.SealOf(world.Parts.Ring, read),
            CancellationToken.None
        );

        using (Assert.EnterMultipleScope())
        {
            Assert.That(written, Is.False);
            Assert.That(RotationSeals.IsSound(world.Parts.Ring, (await mesh.NowAsync())!));
        }
    }

    [Test]
    public async Task A_planner_that_lost_its_guard_marks_no_failure()
    {
        await using var world = await SampleWorld.LoadAsync(new SampleOptions { Rows = 30, Tenants = 3 });
        await world.Parts.Control.MigrateAsync(CancellationToken.None);
        var rotation = Guid.CreateVersion7();
        await using var held = await new RotationGuard(world.Parts.Control).TryHoldAsync(
            "plan",
            rotation,
            CancellationToken.None
        );

        await world.Database.ExecuteAsync($"SELECT pg_terminate_backend({held!.Session}, 10000)");

        Assert.That(
            () => RetriedFailures.ReadAgainAsync(held, rotation, new RetriedTable(), CancellationToken.None),
            Throws.InstanceOf<NpgsqlException>()
        );
    }

    [Test]
    public void A_large_table_that_shrinks_after_its_sample_was_chosen_is_not_missed()
    {
        var counted = new TableCount { Stored = 999_990, HeldAtPlanning = 1_000_050 };

        using (Assert.EnterMultipleScope())
        {
            Assert.That(ClosingDoubts.Missed(VerificationShare.Default, counted, 999_990, 10_000), Is.Null);
            Assert.That(
                ClosingDoubts.Missed(VerificationShare.Default, counted, 999_990, 100),
                Does.Contain("verification saw 100")
            );
        }
    }
}
