using NUnit.Framework;
using RotationMesh.FaultTests.Support;

namespace RotationMesh.FaultTests.Faults;

[TestFixture]
[Platform("Linux")]
internal sealed class WhenAProcessFreezes
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(50);

    [Test]
    public async Task A_worker_whose_part_the_others_do()
    {
        await using var site = await MeshSite.StartAsync(Pace);
        await site.RotateAsync();
        site.Workers[0].Freeze();
        await site.CompletesAsync();
    }

    [Test]
    public async Task One_of_two_coordinators()
    {
        await using var site = await MeshSite.StartAsync(Pace);
        site.AddCoordinator();
        await site.RotateAsync();
        site.Coordinator.Freeze();
        await site.CompletesAsync();
    }
}
