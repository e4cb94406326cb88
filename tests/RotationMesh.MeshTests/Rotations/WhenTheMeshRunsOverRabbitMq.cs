using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using RotationMesh.Mesh.Embedding;
using RotationMesh.Mesh.Topology;
using RotationMesh.Mesh.Working;
using RotationMesh.Sample;

namespace RotationMesh.MeshTests.Rotations;

[TestFixture]
internal sealed class WhenTheMeshRunsOverRabbitMq
{
    private const string Variable = "ROTATIONMESH_TEST_RABBITMQ";

    [Test]
    public async Task A_coordinator_and_two_workers_complete_a_rotation()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } address)
        {
            const string Fix =
                $"no RabbitMQ for the tests: set {Variable}, after infra/services.sh start rabbitmq";
            if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable("CI")))
                Assert.Ignore(Fix);
            Assert.Fail(Fix);
            return;
        }

        var broker = BrokerAddress.Parse(address);
        await using var world = await SampleWorld.LoadAsync(
            new SampleOptions { Rows = 20_000, Tenants = 50 }
        );
        await using var first = await WorkerAsync(world, broker, "worker-1");
        await using var second = await WorkerAsync(world, broker, "worker-2");
        await using var mesh = await RunningMesh.StartAsync(
            world,
            worker: null,
            transport: bus => bus.UseRabbitMq(broker)
        );

        await mesh.UntilAsync("Completed");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(await world.AtVersionAsync(1), Is.Zero);
            Assert.That(
                await world.Database.ScalarAsync<long>(
                    "SELECT count(*) FROM rotationmesh.partitions WHERE worker NOT IN ('worker-1', 'worker-2')"
                ),
                Is.Zero
            );
        }
    }

    private static Task<MeshHost> WorkerAsync(SampleWorld world, BrokerAddress broker, string name)
    {
        var services = new ServiceCollection();
        world.Parts.AddTo(services);
        services.AddMassTransit(bus =>
        {
            bus.UseRabbitMq(broker);
            bus.AddWorker(new WorkerOptions { Name = name, Concurrency = 1 });
        });
        return MeshHost.StartAsync(services, CancellationToken.None);
    }
}
