using RotationMesh.Core;
using RotationMesh.TestKit.RabbitMq;

namespace RotationMesh.ServiceTests.Messages;

/// <summary>RabbitMQ takes back what is not acknowledged in time, and closes the channel (<c>consumer_timeout</c>).</summary>
public sealed class WhenTheBrokerIsImpatient
{
    private RabbitMqServer? broker;

    [OneTimeSetUp]
    public async Task Start()
    {
        broker = await RabbitMqServer.StartAsync();
        await broker.HurryAsync();
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (broker is not null)
            await broker.DisposeAsync();
    }

    [Test]
    public async Task Partitions_that_take_longer_are_done_in_several_attempts_and_only_true_things_are_said()
    {
        await using var fixture = await Fixture.LoadAsync(rows: 24_000, tenants: 3);
        await fixture.SlowDownAsync(TimeSpan.FromSeconds(1));
        var variables = new Dictionary<string, string?>
        {
            ["ROTATIONMESH_RABBITMQ"] = broker!.Url(await broker.Management.AddVirtualHostAsync()),
        };
        var coordinator = await fixture.StartCoordinator(variables).JoinedAsync();
        var worker = await fixture.StartWorker(variables).JoinedAsync();
        var said = new HashSet<string>();

        var id = await fixture.RotateAsync();
        var ended = await fixture.UntilAsync(
            id,
            now =>
            {
                if (now.Reason is { } reason)
                    said.Add(reason);
                return now.EndedAt is not null;
            },
            "the rotation ends"
        );

        using (Assert.EnterMultipleScope())
        {
            Assert.That(ended.State, Is.EqualTo("Completed"), ended.Reason);
            Assert.That(said, Has.None.Contain(Reasons.NoWorkers));
            Assert.That(
                worker.Output,
                Does.Contain("consumer_timeout").And.Contain("given back after 00:00:03.3333")
            );
            Assert.That(
                (coordinator.Output + worker.Output).Split('\n'),
                Has.None.Contain("nobody noticed")
                    .And.None.Contain("rotationmesh-dead-letters")
                    .And.None.Contain("and failed (")
            );
            Assert.That(
                await fixture.Database.ScalarAsync<long>(
                    "SELECT count(*) FROM rotationmesh.partitions WHERE failures > 0 OR expiries > 0"
                ),
                Is.Zero
            );
            Assert.That(
                await fixture.Database.ScalarAsync<long>(
                    "SELECT count(*) FROM rotationmesh.partitions WHERE attempt > 1"
                ),
                Is.Positive,
                "none took longer than the broker waits"
            );
        }

        await TestContext.Out.WriteLineAsync(string.Join('\n', said));
        Assert.That(await worker.StopAsync() + await coordinator.StopAsync(), Is.Zero);
    }
}
