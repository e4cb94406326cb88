using NUnit.Framework;
using RotationMesh.MeshTests.Support;
using RotationMesh.Sample;
using RotationMesh.Working;

namespace RotationMesh.MeshTests.Faults;

[TestFixture]
internal sealed class WhenAStepFails
{
    [Test]
    public async Task The_rotation_says_which_and_at_what_and_goes_on_when_the_cause_is_mended()
    {
        await using var world = await SampleWorld.LoadAsync(new SampleOptions { Rows = 300, Tenants = 3 });
        await using var mesh = await RunningMesh.OpenAsync(world, new WorkerOptions());
        await world.Database.ExecuteAsync("ALTER TABLE rotationmesh.partitions RENAME TO hidden");

        await mesh.ControlAsync(mesh.Order(mesh.Id, []));
        await mesh.UntilAsync(
            now =>
                now.Reason?.Contains(
                    "failed at its step 'plan': the server refused",
                    StringComparison.Ordinal
                ) == true,
            "its operator is told which step fails"
        );
        await world.Database.ExecuteAsync("ALTER TABLE rotationmesh.hidden RENAME TO partitions");
        await mesh.UntilAsync("Completed");

        Assert.That((await mesh.NowAsync())!.Reason, Is.Null);
    }
}
