using NUnit.Framework;
using RotationMesh.Contracts;
using RotationMesh.Core.Keys;
using RotationMesh.MeshTests.Support;
using RotationMesh.Sample;
using RotationMesh.Working;

namespace RotationMesh.MeshTests.Rotations;

[TestFixture]
internal sealed class WhenARotationWasUndone
{
    [Test]
    public async Task A_retry_of_it_is_refused_and_so_is_one_of_the_undo_after_another_rotation()
    {
        await using var world = await SampleWorld.LoadAsync(
            new SampleOptions
            {
                Rows = 300,
                Tenants = 3,
                Corrupt = 2,
            }
        );
        Guid id;
        await using (var mesh = await RunningMesh.StartAsync(world, new WorkerOptions()))
        {
            id = mesh.Id;
            await mesh.UntilAsync("CompletedWithFailures");
        }

        await using var back = world.Beside(
            ring: new KeyRing(
                1,
                new Dictionary<int, string> { [1] = SampleWorld.OldKey, [2] = SampleWorld.NewKey }
            )
        );
        Guid undo;
        await using (var mesh = await RunningMesh.OpenAsync(back, new WorkerOptions()))
        {
            undo = mesh.Id;
            await mesh.ControlAsync(mesh.Order(undo, []) with { AllowDowngrade = true });
            await mesh.UntilAsync(undo, now => now.State == "CompletedWithFailures", "it is undone");
        }

        var before = await world.AtVersionAsync(1);
        Guid forward;
        await using (var later = await RunningMesh.OpenAsync(world, new WorkerOptions()))
        {
            await later.ControlAsync(new RetryRotation(id, [], [], [], "ann"));
            await later.UntilAsync(id, now => now.State == "Faulted", "it is refused");

            Assert.That(
                (await later.NowAsync(id))!.Reason,
                Does.StartWith($"rotation {undo} took rows to version 1 since")
            );
            Assert.That(await world.AtVersionAsync(1), Is.EqualTo(before).And.GreaterThan(0));

            forward = await later.StartAnotherAsync();
            await later.UntilAsync(forward, now => now.State == "CompletedWithFailures", "it goes forward");
        }

        await using var again = await RunningMesh.OpenAsync(back, new WorkerOptions());
        await again.ControlAsync(new RetryRotation(undo, [], [], [], "ann"));
        await again.UntilAsync(undo, now => now.State == "Faulted", "it is refused");
        Assert.That(
            (await again.NowAsync(undo))!.Reason,
            Does.StartWith($"rotation {forward} took rows to version 2 since")
        );
    }
}
