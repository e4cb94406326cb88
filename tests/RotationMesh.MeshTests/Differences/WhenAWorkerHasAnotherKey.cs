using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using RotationMesh.Bus;
using RotationMesh.Contracts;
using RotationMesh.MeshTests.Support;
using RotationMesh.Sample;
using RotationMesh.Working;

namespace RotationMesh.MeshTests.Differences;

[TestFixture]
internal sealed class WhenAWorkerHasAnotherKey
{
    [Test]
    public async Task It_writes_nothing_and_the_rotation_says_which_worker_refuses_and_why()
    {
        await using var world = await SampleWorld.LoadAsync(new SampleOptions { Rows = 500, Tenants = 2 });
        using var wrong = SampleWorld.Ring("another-key-of-version-2-0123456789abcd");
        var options = new WorkerOptions { Name = "worker-7", RefusalPause = TimeSpan.FromMilliseconds(50) };
        await using var mesh = await RunningMesh.StartAsync(
            world,
            options,
            configure: bus =>
                bus.AddSingleton(services => new PartitionWork(
                    new GoalCheck(world.Parts.Map, wrong),
                    options,
                    services.GetRequiredService<WorkerStop>(),
                    services.GetRequiredService<AttemptTime>(),
                    TimeProvider.System,
                    NullLogger<PartitionWork>.Instance
                ))
        );

        await mesh.UntilAsync(now => now.Reason is not null, "the reason shows");

        var now = await mesh.NowAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(now!.Reason, Does.Contain("worker-7").And.Contain("fingerprint"));
            Assert.That(now.State, Is.AnyOf("Planning", "Rotating"));
            Assert.That(await world.AtVersionAsync(2), Is.Zero);
        }

        await mesh.ControlAsync(new CancelRotation(mesh.Id, "test"));
        await mesh.UntilAsync(end => end.Concluded, "it can be cancelled");
    }
}
