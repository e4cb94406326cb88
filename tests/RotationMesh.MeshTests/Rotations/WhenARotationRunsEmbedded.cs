using NUnit.Framework;
using RotationMesh.Embedding;
using RotationMesh.LocalOperations;
using RotationMesh.LocalOperations.DryRuns;
using RotationMesh.MeshTests.Support;
using RotationMesh.Sample;

namespace RotationMesh.MeshTests.Rotations;

[TestFixture]
internal sealed class WhenARotationRunsEmbedded
{
    [Test]
    public async Task All_rows_reach_the_target_version_and_the_totals_add_up()
    {
        await using var world = await SampleWorld.LoadAsync(new SampleOptions { Rows = 3000, Tenants = 7 });

        var report = await new EmbeddedMesh(world.Parts, new RotationProgress()).RunAsync(
            world.Order,
            workers: 2,
            CancellationToken.None
        );

        var rows = report.Tables.Sum(table => table.Rows);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(report.State, Is.EqualTo("Completed"));
            Assert.That(report.Tables.Sum(table => table.Rotated), Is.EqualTo(rows));
            Assert.That(await world.AtVersionAsync(2), Is.EqualTo(rows));
            Assert.That(report.Verified, Is.EqualTo(rows));
            Assert.That(report.Failures, Is.Empty);
            Assert.That(await world.StateAsync(), Is.EqualTo("Completed"));
        }
    }

    [Test]
    public async Task Rows_that_do_not_decrypt_are_recorded_and_the_rest_is_rotated()
    {
        await using var world = await SampleWorld.LoadAsync(
            new SampleOptions
            {
                Rows = 2000,
                Tenants = 5,
                Corrupt = 12,
                External = 9,
            }
        );

        var report = await new EmbeddedMesh(world.Parts, new RotationProgress()).RunAsync(
            world.Order,
            workers: 2,
            CancellationToken.None
        );

        using (Assert.EnterMultipleScope())
        {
            Assert.That(report.State, Is.EqualTo("CompletedWithFailures"));
            Assert.That(report.Tables.Sum(table => table.Failed), Is.EqualTo(12));
            Assert.That(report.Tables.Sum(table => table.External), Is.EqualTo(9));
            Assert.That(report.Failures, Has.Count.EqualTo(12));
            Assert.That(await world.AtVersionAsync(2), Is.EqualTo(report.Tables.Sum(table => table.Rotated)));
        }
    }

    [Test]
    public async Task A_dry_run_foretells_the_totals()
    {
        await using var world = await SampleWorld.LoadAsync(
            new SampleOptions
            {
                Rows = 1000,
                Tenants = 3,
                Corrupt = 6,
                External = 4,
            }
        );

        var foretold = await new DryRun(
            world.Parts.Map,
            world.Parts.Ring,
            world.Parts.Databases,
            world.Parts.Schema,
            world.Parts.Control,
            new RotationProgress()
        ).RunAsync(world.Order, workers: 2, CancellationToken.None);
        var report = await new EmbeddedMesh(world.Parts, new RotationProgress()).RunAsync(
            world.Order,
            workers: 2,
            CancellationToken.None
        );

        using (Assert.EnterMultipleScope())
        {
            Assert.That(report.Tables, Is.EqualTo(foretold.Tables));
            Assert.That(report.State, Is.EqualTo(foretold.State));
            Assert.That(
                report.Failures.Select(failure =>
                    (failure.Table, failure.Tenant, failure.Version, failure.Error)
                ),
                Is.EquivalentTo(
                    foretold.Failures.Select(failure =>
                        (failure.Table, failure.Tenant, failure.Version, failure.Error)
                    )
                )
            );
        }
    }
}
