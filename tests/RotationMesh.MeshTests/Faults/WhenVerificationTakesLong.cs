using NUnit.Framework;
using RotationMesh.Control.Ledger;
using RotationMesh.MeshTests.Support;
using RotationMesh.Sample;
using RotationMesh.Working;

namespace RotationMesh.MeshTests.Faults;

/// <summary>Partitions that take longer to read than a worker may have them.</summary>
[TestFixture]
internal sealed class WhenVerificationTakesLong
{
    /// <summary>
    /// What a thousand rows take at the least. One partition of three has ten thousand or more, so it takes ten times as long
    /// as an attempt may: the timer of an attempt is seconds late on a busy machine.
    /// </summary>
    private static readonly TimeSpan Slowness = TimeSpan.FromSeconds(1);

    /// <summary>Times a thousand rows that take so long: more than the other tables have.</summary>
    private const int Slow = 16;

    [Test]
    public async Task Every_row_is_verified_once_in_several_attempts()
    {
        await using var world = await SampleWorld.LoadAsync(new SampleOptions { Rows = 30_000, Tenants = 3 });
        var rules = new LedgerRules
        {
            WriteTime = TimeSpan.FromSeconds(10),
            FirstDelay = TimeSpan.FromMilliseconds(50),
        };
        var left = Slow;
        await using var mesh = await RunningMesh.StartAsync(
            world,
            new WorkerOptions
            {
                Concurrency = 2,
                LongestAttempt = TimeSpan.FromSeconds(1),
                Verified = _ => Thread.Sleep(Interlocked.Decrement(ref left) < 0 ? TimeSpan.Zero : Slowness),
            },
            rules: rules,
            verify: "full"
        );

        await mesh.UntilAsync("Completed");

        var read = (await mesh.LedgerAsync()).Where(sweep => sweep.Key.Phase == SweepPhase.Verify).ToList();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(read.Sum(sweep => sweep.Counts.Verified), Is.EqualTo(await world.AtVersionAsync(2)));
            Assert.That(
                await world.Database.ScalarAsync<long>(
                    """
                    SELECT count(*) FROM rotationmesh.partitions JOIN rotationmesh.sweep_tables USING (sweep_table_id)
                    WHERE phase = 'verify' AND cut_short > 0
                    """
                ),
                Is.Positive,
                "none was cut short"
            );
        }
    }
}
