using NUnit.Framework;
using RotationMesh.FaultTests.Support;

namespace RotationMesh.FaultTests.Faults;

[TestFixture]
[Platform("Linux")]
internal sealed class WhenAFrozenWorkerThaws
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(50);

    [Test]
    public async Task It_writes_nothing_for_a_rotation_that_is_over()
    {
        await using var site = await MeshSite.StartAsync(Pace);
        await site.RotateAsync();
        var frozen = site.Workers[0];
        frozen.Freeze();
        await site.CompletesAsync();
        await site.UndoAsync();

        var thawed = await site.Database.ScalarAsync<DateTime>("SELECT clock_timestamp()");
        frozen.Thaw();
        await site.UntilAsync(
            async () =>
                await site.Database.ScalarAsync<long>(
                    $"SELECT count(*) FROM rotationmesh.workers WHERE left_at IS NULL AND last_seen > '{thawed:O}'"
                ) == site.Workers.Count,
            TimeSpan.FromMinutes(5), // the client waits 20 s for each answer on a channel that died with the freeze
            "it works again"
        );

        Assert.That(await site.RotatedAsync(), Is.Zero, "rows at the version that the way back left");
    }
}
