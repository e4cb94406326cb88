using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace RotationMesh.ServiceTests.Messages;

public sealed class WhenAWorkerHasAUserOfItsOwn
{
    [Test]
    public async Task The_documented_permissions_suffice_for_a_rotation_and_its_failures()
    {
        await using var fixture = await Fixture.LoadAsync(rows: 2000);
        var address = await fixture.Broker.AddUserAsync(
            WorkerUser.Configure,
            WorkerUser.Write,
            WorkerUser.Read
        );
        // The worker comes first: it finds nothing that a coordinator has declared.
        var worker = await fixture
            .StartWorker(new Dictionary<string, string?> { ["ROTATIONMESH_RABBITMQ"] = address })
            .JoinedAsync();
        await fixture.StartCoordinator().JoinedAsync();
        await fixture.Database.ExecuteAsync(
            "UPDATE knowledge_entries SET content = 'AAAA' WHERE id = (SELECT min(id) FROM knowledge_entries)"
        );

        var ended = await fixture.EndAsync(await fixture.RotateAsync());

        using (Assert.EnterMultipleScope())
        {
            Assert.That(ended.State, Is.EqualTo("CompletedWithFailures"));
            Assert.That(ended.Totals.Failed, Is.EqualTo(1));
            Assert.That(await fixture.DoneByAsync(worker), Is.Positive);
            Assert.That(worker.Output, Does.Not.Contain("ACCESS_REFUSED"));
        }
    }

    [TestCase("configure")]
    [TestCase("write")]
    [TestCase("read")]
    public async Task One_that_lacks_a_right_says_so_and_stops_when_it_is_told(string right)
    {
        await using var fixture = await Fixture.LoadAsync(rows: 10);
        string Of(string name, string pattern) => right == name ? "^$" : pattern;
        var address = await fixture.Broker.AddUserAsync(
            Of("configure", WorkerUser.Configure),
            Of("write", WorkerUser.Write),
            Of("read", WorkerUser.Read)
        );
        var worker = fixture.StartWorker(
            new Dictionary<string, string?> { ["ROTATIONMESH_RABBITMQ"] = address }
        );

        await TestKit.Eventually.Holds(
            () => Task.FromResult(worker.Output.Contains("RabbitMQ refuses this user")),
            ServiceRun.Deadline,
            "it says so"
        );

        Assert.That(await worker.StopAsync(), Is.Zero);
    }

    [Test]
    public async Task They_allow_nothing_else()
    {
        await using var fixture = await Fixture.LoadAsync(rows: 100);
        await fixture.StartCoordinator().JoinedAsync();
        var address = await fixture.Broker.AddUserAsync(
            WorkerUser.Configure,
            WorkerUser.Write,
            WorkerUser.Read
        );
        await using var connection = await new ConnectionFactory
        {
            Uri = new Uri(address),
        }.CreateConnectionAsync();

        using (Assert.EnterMultipleScope())
        {
            await RefusesAsync(
                connection,
                "declare",
                channel => channel.QueueDeclareAsync("somebody-else-s")
            );
            await RefusesAsync(
                connection,
                "delete",
                channel => channel.QueueDeleteAsync("rotationmesh-rotation")
            );
            await RefusesAsync(
                connection,
                "delete the dead letters",
                channel => channel.QueueDeleteAsync("rotationmesh-dead-letters")
            );
            foreach (
                var queue in (string[])
                    [
                        "rotationmesh-rotation",
                        "rotationmesh-partition-rotated",
                        "rotationmesh-plan-rotation",
                        "rotationmesh-dead-letters",
                    ]
            )
                await RefusesAsync(
                    connection,
                    $"read {queue}",
                    channel => channel.BasicGetAsync(queue, autoAck: false)
                );
            await RefusesAsync(
                connection,
                "write to the saga",
                async channel =>
                {
                    await channel.BasicPublishAsync("rotationmesh-rotation", "", ReadOnlyMemory<byte>.Empty);
                    await channel.QueueDeclarePassiveAsync("rotationmesh-rotate-partition"); // a refusal comes before its answer
                }
            );
        }
    }

    private static async Task RefusesAsync(IConnection connection, string what, Func<IChannel, Task> attempt)
    {
        await using var channel = await connection.CreateChannelAsync();
        try
        {
            await attempt(channel);
            Assert.Fail($"it may {what}");
        }
        catch (Exception fault) when (fault is OperationInterruptedException or AlreadyClosedException)
        {
            var reason = ((OperationInterruptedException)fault).ShutdownReason!;
            Assert.That(reason.ReplyCode, Is.EqualTo(403), $"{what}: {reason.ReplyText}");
        }
    }
}
