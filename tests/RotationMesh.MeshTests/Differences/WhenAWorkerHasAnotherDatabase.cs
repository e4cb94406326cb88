using NUnit.Framework;
using RotationMesh.Bus.Topology;
using RotationMesh.MeshTests.Support;
using RotationMesh.Sample;
using RotationMesh.TestKit;
using RotationMesh.TestKit.RabbitMq;

namespace RotationMesh.MeshTests.Differences;

/// <summary>A worker under the same map whose connection string leads to a copy of the database.</summary>
[TestFixture]
internal sealed class WhenAWorkerHasAnotherDatabase
{
    private static readonly SampleOptions Small = new() { Rows = 500, Tenants = 2 };

    [Test]
    public async Task It_writes_nothing_there_and_the_rotation_says_which_database_and_waits_for_another_worker()
    {
        await using var world = await SampleWorld.LoadAsync(Small);
        await using var copy = await world.Database.CopyAsync();
        await using var beside = Beside(world, copy);
        await using var broker = await TestBroker.CreateAsync();
        var address = BrokerAddress.Parse(broker.Address);
        await using var strayed = await BrokeredMesh.WorkerAsync(beside, address, "strayed");
        await using var mesh = await CoordinatorAsync(world, address);

        await mesh.UntilAsync(now => now.Reason is not null, "the reason shows");
        var reason = (await mesh.NowAsync())!.Reason;
        var written = await world.AtVersionAsync(2) + await RotatedInAsync(copy);
        await using var right = await BrokeredMesh.WorkerAsync(world, address, "right");
        await mesh.UntilAsync("Completed");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                reason,
                Does.Contain("worker strayed refuses").And.Contain("database app").And.Contain(copy.Name)
            );
            Assert.That(reason, Does.Contain("connection string"));
            Assert.That(written, Is.Zero);
            Assert.That(await world.AtVersionAsync(1), Is.Zero);
            Assert.That(await RotatedInAsync(copy), Is.Zero);
        }
    }

    [Test]
    public async Task Its_copy_vouches_for_no_row()
    {
        await using var world = await SampleWorld.LoadAsync(Small);
        await using var copy = await world.Database.CopyAsync();
        await using var beside = Beside(world, copy);
        foreach (var each in new[] { world, beside })
        {
            await using var first = await RunningMesh.StartAsync(each, new());
            await first.UntilAsync("Completed");
        }

        await world.Database.ExecuteAsync(
            """
            UPDATE knowledge_entries SET content = (SELECT content FROM knowledge_entries ORDER BY id LIMIT 1)
            WHERE id = (SELECT max(id) FROM knowledge_entries WHERE "tenantId" <>
                (SELECT "tenantId" FROM knowledge_entries ORDER BY id LIMIT 1))
            """
        );
        await using var broker = await TestBroker.CreateAsync();
        var address = BrokerAddress.Parse(broker.Address);
        await using var strayed = await BrokeredMesh.WorkerAsync(beside, address, "strayed");
        await using var mesh = await CoordinatorAsync(world, address);

        await mesh.UntilAsync(now => now.Reason is not null || now.EndedAt is not null, "the reason shows");
        var waiting = await mesh.NowAsync();
        await using var right = await BrokeredMesh.WorkerAsync(world, address, "right");
        await mesh.UntilAsync(now => now.EndedAt is not null, "it ends");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(waiting!.State, Is.EqualTo("Verifying"));
            Assert.That(waiting.Reason, Does.Contain("worker strayed refuses"));
            Assert.That((await mesh.NowAsync())!.State, Is.EqualTo("CompletedWithFailures"));
        }
    }

    private static Task<RunningMesh> CoordinatorAsync(SampleWorld world, BrokerAddress address) =>
        RunningMesh.StartAsync(
            world,
            worker: null,
            transport: bus => bus.UseRabbitMq(new BrokerSource(() => address)),
            verify: "full"
        );

    private static SampleWorld Beside(SampleWorld world, TestDatabase copy) =>
        world.Beside(SampleWorld.Read(SampleMap.Yaml("APP"), _ => copy.ConnectionString));

    private static Task<long> RotatedInAsync(TestDatabase database) =>
        database.ScalarAsync<long>("SELECT count(*) FROM knowledge_entries WHERE encryption_key_version = 2");
}
