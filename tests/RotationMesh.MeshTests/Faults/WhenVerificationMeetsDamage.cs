using NUnit.Framework;
using RotationMesh.Control.Ledger;
using RotationMesh.MeshTests.Support;
using RotationMesh.Sample;
using RotationMesh.Working;

namespace RotationMesh.MeshTests.Faults;

[TestFixture]
[NonParallelizable] // metrics belong to the process
internal sealed class WhenVerificationMeetsDamage
{
    private const int Damaged = 7;

    [Test]
    public async Task The_metrics_count_it_as_failed_and_not_as_verified()
    {
        await using var world = await SampleWorld.LoadAsync(new SampleOptions { Rows = 500, Tenants = 5 });
        // At the target version, so that no worker rewrites them; and too few to be taken for a wrong key.
        await world.Database.ExecuteAsync(
            $"""
            UPDATE knowledge_entries SET content = 'not an envelope', encryption_key_version = 2
            WHERE id IN (
                SELECT id FROM knowledge_entries WHERE content <> '__external_storage__' ORDER BY id LIMIT {Damaged})
            """
        );
        using var metrics = new HeardMetrics();
        await using var mesh = await RunningMesh.StartAsync(world, new WorkerOptions { Concurrency = 1 });

        await mesh.UntilAsync("CompletedWithFailures");

        var verified = (await mesh.LedgerAsync())
            .Where(sweep => sweep.Key.Phase == SweepPhase.Verify)
            .Select(sweep => sweep.Counts)
            .ToList();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(verified.Sum(counts => counts.Failed), Is.EqualTo(Damaged));
            Assert.That(
                metrics.Sum(
                    "rotationmesh.rows.failed",
                    ("rotationmesh.phase", "verify"),
                    ("rotationmesh.table", "knowledge_entries")
                ),
                Is.EqualTo(Damaged)
            );
            Assert.That(metrics.Sum("rotationmesh.rows.failed", ("rotationmesh.phase", "rotate")), Is.Zero);
            Assert.That(
                metrics.Sum("rotationmesh.rows.verified"),
                Is.EqualTo(verified.Sum(counts => counts.Verified - counts.Failed - counts.Empty))
            );
        }
    }
}
