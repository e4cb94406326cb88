using System.Diagnostics;
using System.Text;
using Npgsql;
using NUnit.Framework;
using RotationMesh.MeshTests.Support;
using RotationMesh.Sample;
using RotationMesh.TestKit;
using RotationMesh.Working;

namespace RotationMesh.MeshTests.Rotations;

[TestFixture]
[NonParallelizable] // it compares times
internal sealed class WhenThereAreManyDatabases
{
    private const int Databases = 50;
    private const int Rows = 1_000;
    private const int Late = 0;
    private const int Big = Databases - 1;

    private static readonly IReadOnlyList<int> Others = [.. Enumerable.Range(1, Databases - 2)];

    /// <summary>
    /// Goal: the others take at most twice their time alone. On a shared machine that runs tests, some seconds say little.
    /// </summary>
    private static readonly TimeSpan Noise = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(120);

    [Test]
    public async Task One_unreachable_and_one_huge_hold_up_none_of_the_others()
    {
        await using var fleet = await DatabaseFleet.CreateAsync(Databases, Rows, bigger: 10);
        await using var sample = await SampleWorld.LoadAsync(new SampleOptions { Rows = 50, Tenants = 1 });
        var control = sample.Database.ConnectionString;
        await WarmUpAsync(sample);
        TimeSpan alone;
        await using (var few = sample.Beside(fleet.Map(Others, control)))
        await using (var mesh = await RunningMesh.StartAsync(few, Worker))
        {
            alone = await TimeAsync(sample, mesh);
            await mesh.UntilAsync("Completed");
        }

        var server = new NpgsqlConnectionStringBuilder(fleet.Databases[Late].ConnectionString);
        await using var door = new TcpRelay("127.0.0.1", server.Port);
        server.Host = "127.0.0.1";
        server.Port = door.Port;
        var doors = new Dictionary<int, string> { [Late] = server.ConnectionString };
        await using var all = sample.Beside(
            fleet.Map(Enumerable.Range(0, Databases), control, doors),
            SampleWorld.RingOfThree()
        );
        await using var rotation = await RunningMesh.StartAsync(all, Worker);
        var together = await TimeAsync(sample, rotation);
        TestContext.Out.WriteLine(
            $"{Others.Count} databases: alone {alone.TotalSeconds:0.0} s, with the other two {together.TotalSeconds:0.0} s"
        );

        await rotation.UntilAsync(now => now is { State: "Rotating", Reason: not null }, "the reason shows");
        var waiting = await rotation.NowAsync();
        await AddTenantAsync(fleet.Databases[2], "a-new-tenant");
        await Eventually.Holds(
            async () => await LeftAsync(fleet.Databases[2]) == 0,
            Deadline,
            "the new tenant is rotated while a database is away"
        );
        await rotation.UntilAsync(now => now is { State: "Rotating", Reason: not null }, "it waits again");
        var opened = await sample.Database.ScalarAsync<DateTime>("SELECT now()");
        door.Open();
        await rotation.UntilAsync("Completed");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(together, Is.LessThan((2 * alone) + Noise));
            Assert.That(waiting!.Reason, Does.Contain(DatabaseFleet.Name(Late)));
            Assert.That(
                (await rotation.NowAsync())!.EndedAt,
                Is.GreaterThan(opened),
                "ended once all was counted"
            );
            foreach (var database in fleet.Databases)
                Assert.That(await LeftAsync(database), Is.Zero);
        }
    }

    private static WorkerOptions Worker => new() { Concurrency = 2 };

    // Else the first of the two times would be that of a program that has just been started.
    private static async Task WarmUpAsync(SampleWorld sample)
    {
        await using var mesh = await RunningMesh.StartAsync(sample, Worker);
        await mesh.UntilAsync("Completed");
    }

    private static Task<long> LeftAsync(TestDatabase database) =>
        database.ScalarAsync<long>(
            "SELECT count(*) FROM knowledge_entries WHERE encryption_key_version <> 3"
        );

    /// <summary>Time until all databases but those two are rotated by the first sweep.</summary>
    private static async Task<TimeSpan> TimeAsync(SampleWorld world, RunningMesh mesh)
    {
        var watch = Stopwatch.StartNew();
        await Eventually.Holds(
            async () =>
                await world.Database.ScalarAsync<long>(
                    $"""
                    SELECT count(*) FROM rotationmesh.sweep_tables
                    WHERE rotation_id = '{mesh.Id}' AND sweep = 1 AND phase = 'rotate' AND partitions > 0 AND done = partitions
                      AND database_name NOT IN ('{DatabaseFleet.Name(Late)}', '{DatabaseFleet.Name(Big)}')
                    """
                ) == Others.Count,
            Deadline,
            "the others are rotated"
        );
        return watch.Elapsed;
    }

    private static async Task AddTenantAsync(TestDatabase database, string tenant)
    {
        var content = Convert.ToBase64String(
            ReferenceEnvelope.Seal(
                SampleWorld.OldKey,
                tenant,
                "knowledge_entry",
                Encoding.UTF8.GetBytes("written under the old key, in the middle of the rotation")
            )
        );
        await database.ExecuteAsync(
            $"""
            INSERT INTO tenants (id, name) VALUES ('{tenant}', 'a new one');
            INSERT INTO knowledge_entries (id, "tenantId", source, content, "updatedAt")
            SELECT 'new-' || n, '{tenant}', 'test', '{content}', now() FROM generate_series(1, 10) n
            """
        );
    }
}
