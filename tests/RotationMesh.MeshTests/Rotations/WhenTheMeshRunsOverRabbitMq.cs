using System.Diagnostics;
using NUnit.Framework;
using RotationMesh.Contracts;
using RotationMesh.Control.Ledger;
using RotationMesh.MeshTests.Support;
using RotationMesh.Sample;

namespace RotationMesh.MeshTests.Rotations;

[TestFixture]
internal sealed class WhenTheMeshRunsOverRabbitMq
{
    private const int Workers = 4;

    private static readonly SampleOptions Large = new()
    {
        Rows = 200_000,
        Tenants = 5_000,
        Skew = Skew.Huge,
    };

    [Test]
    public async Task Messages_that_arrive_twice_and_in_another_order_change_neither_a_value_nor_a_total()
    {
        await using var world = await SampleWorld.LoadAsync(Large);
        var rows = await world.AtVersionAsync(1);
        var before = await Plaintexts.ReadAsync(world.Database);
        var copies = Shuffle.Copies;
        await using var mesh = await BrokeredMesh.StartAsync(world, Workers, Shuffle.Everything);

        var watch = Stopwatch.StartNew();
        await mesh.Coordinator.UntilAsync("Completed");
        TestContext.Out.WriteLine(
            $"{rows} rows in {watch.Elapsed.TotalSeconds:0.0} s, {Shuffle.Copies - copies} messages repeated"
        );

        var changed = (await Plaintexts.ReadAsync(world.Database)).DifferencesFrom(before);
        var partitions = (await mesh.Coordinator.LedgerAsync()).Sum(sweep => sweep.Partitions);
        var rotated = (await mesh.Coordinator.LedgerAsync())
            .Where(sweep => sweep.Key.Phase == SweepPhase.Rotate)
            .Sum(sweep => sweep.Counts.Rotated);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(before.Count, Is.GreaterThanOrEqualTo(rows));
            Assert.That(changed, Is.Empty, "values that say something else");
            Assert.That(await world.AtVersionAsync(2), Is.EqualTo(rows));
            Assert.That(await world.TotalAsync("Rotated"), Is.EqualTo(rows));
            Assert.That(await world.TotalAsync("Failed") + await world.TotalAsync("Pending"), Is.Zero);
            Assert.That(rotated, Is.LessThanOrEqualTo(rows), "no row is counted twice");
            Assert.That(
                Shuffle.Copies - copies,
                Is.GreaterThanOrEqualTo(2 * partitions),
                "commands and results"
            );
            Assert.That(
                await world.Database.ScalarAsync<long>(
                    "SELECT count(DISTINCT worker) FROM rotationmesh.partitions"
                ),
                Is.EqualTo(Workers),
                "workers that took part"
            );
        }
    }

    [Test]
    public async Task A_retry_after_a_hundred_rows_were_repaired_rotates_just_these()
    {
        const int Damaged = 100;
        await using var world = await SampleWorld.LoadAsync(new SampleOptions { Rows = 5_000, Tenants = 20 });
        var before = await Plaintexts.ReadAsync(world.Database);
        await world.Database.ExecuteAsync(
            $"""
            CREATE TABLE kept AS SELECT id, content FROM knowledge_entries ORDER BY md5(id) LIMIT {Damaged};
            UPDATE knowledge_entries e SET content = 'not an envelope' FROM kept WHERE kept.id = e.id
            """
        );
        await using var mesh = await BrokeredMesh.StartAsync(world, workers: 2);
        await mesh.Coordinator.UntilAsync("CompletedWithFailures");
        var failed = await world.TotalAsync("Failed");
        await world.Database.ExecuteAsync(
            """
            UPDATE knowledge_entries e SET content = kept.content FROM kept WHERE kept.id = e.id;
            CREATE TABLE touched (id text);
            CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO touched VALUES (NEW.id); RETURN NULL; END';
            CREATE TRIGGER note AFTER UPDATE ON knowledge_entries FOR EACH ROW EXECUTE FUNCTION note();
            CREATE TRIGGER note AFTER UPDATE ON knowledge_sources FOR EACH ROW EXECUTE FUNCTION note();
            CREATE TRIGGER note AFTER UPDATE ON connectors FOR EACH ROW EXECUTE FUNCTION note()
            """
        );

        await mesh.Coordinator.ControlAsync(new RetryRotation(mesh.Coordinator.Id, [], [], [], "ann"));
        await mesh.Coordinator.UntilAsync("Completed");

        var changed = (await Plaintexts.ReadAsync(world.Database)).DifferencesFrom(before);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(failed, Is.EqualTo(Damaged));
            Assert.That(await world.AtVersionAsync(1), Is.Zero);
            Assert.That(changed, Is.Empty, "values that say something else");
            Assert.That(
                await world.Database.ScalarAsync<long>("SELECT count(*) FROM touched"),
                Is.EqualTo(Damaged),
                "rows written by the retry"
            );
            Assert.That(
                await world.Database.ScalarAsync<long>(
                    "SELECT count(*) FROM touched WHERE id NOT IN (SELECT id FROM kept)"
                ),
                Is.Zero,
                "rows written that were never damaged"
            );
            Assert.That(await world.TotalAsync("Failed"), Is.Zero);
        }
    }
}
