using NUnit.Framework;
using RotationMesh.MeshTests.Support;
using RotationMesh.Sample;
using RotationMesh.Working;

namespace RotationMesh.MeshTests.Trust;

[TestFixture]
internal sealed class WhenMessagesArriveTwice
{
    [Test]
    public async Task And_in_another_order_the_rows_and_totals_are_the_same()
    {
        await using var world = await SampleWorld.LoadAsync(
            new SampleOptions
            {
                Rows = 2500,
                Tenants = 6,
                Corrupt = 9,
                External = 5,
            }
        );
        await using var mesh = await RunningMesh.StartAsync(
            world,
            new WorkerOptions(),
            configure: Shuffle.Everything
        );

        await mesh.UntilAsync("CompletedWithFailures");

        var rows = await world.TotalAsync("Rotated");
        var failed = await world.Database.ScalarAsync<long>("SELECT count(*) FROM rotationmesh.row_failures");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Shuffle.Copies, Is.GreaterThan(10));
            Assert.That(failed, Is.EqualTo(9));
            Assert.That(rows, Is.EqualTo(await world.AtVersionAsync(2)));
        }

        await new AuditedRotation(world, mesh.Id).AssertIsOneStoryAsync("CompletedWithFailures");
    }
}
