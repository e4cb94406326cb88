using NUnit.Framework;
using RotationMesh.FaultTests.Support;

namespace RotationMesh.FaultTests.Faults;

[TestFixture]
internal sealed class WhenAPartitionKillsItsWorkers
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(25);

    [Test]
    public async Task It_is_given_up_and_everything_else_is_rotated()
    {
        await using var site = await MeshSite.StartAsync(pace: TimeSpan.Zero, workers: 1);
        await site.Database.ExecuteAsync(
            """
            CREATE FUNCTION trap() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN PERFORM pg_sleep(25); RAISE EXCEPTION ''trapped''; END';
            CREATE TRIGGER trap BEFORE UPDATE ON knowledge_sources FOR EACH ROW EXECUTE FUNCTION trap()
            """
        );
        var all = await site.Database.ScalarAsync<long>("SELECT count(*) FROM knowledge_sources");
        await site.RotateAsync();

        var deaths = 0;
        await site.UntilAsync(
            async () =>
            {
                var trapped = await site.Database.ScalarAsync<int>(
                    "SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database() LIMIT 1"
                );
                if (trapped > 0)
                {
                    site.Workers[0].KillAndRestart();
                    await site.Database.ExecuteAsync($"SELECT pg_terminate_backend({trapped}, 5000)");
                    deaths++;
                }

                return await site.IsOverAsync();
            },
            Deadline,
            "the rotation is over"
        );

        TestContext.Out.WriteLine($"given up after {deaths} dead workers");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                await site.Database.ScalarAsync<string>("SELECT state FROM rotationmesh.rotations"),
                Is.EqualTo("CompletedWithFailures")
            );
            Assert.That(
                await site.Database.ScalarAsync<string>("SELECT reason FROM rotationmesh.rotations"),
                Does.Contain("given up").And.Contain("knowledge_sources")
            );
            Assert.That(
                await site.Database.ScalarAsync<long>(
                    "SELECT count(*) FROM rotationmesh.partitions WHERE state = 'failed'"
                ),
                Is.EqualTo(1),
                "no further sweep takes it up"
            );
            Assert.That(await site.RotatedAsync(), Is.EqualTo(site.Rows - all));
            Assert.That(
                deaths,
                Is.InRange(6, 100),
                "a slow start of a worker adds messages of earlier attempts"
            );
        }
    }
}
