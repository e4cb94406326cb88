using System.Text.Json.Nodes;
using RabbitMQ.Client;

namespace RotationMesh.ServiceTests.Messages;

public sealed class WhenAMessageNamesAddresses
{
    private const string Trap = "trap";

    private static readonly string[] Addresses = ["faultAddress", "responseAddress", "sourceAddress"];

    private static readonly object BadRow = new
    {
        RotationId = Guid.NewGuid(),
        Scope = "knowledge",
        Database = "app",
        Table = "knowledge_entries",
        Rows = new[]
        {
            new
            {
                Key = new[]
                {
                    new
                    {
                        Column = "id",
                        Value = "1",
                        IsNumber = false,
                    },
                },
                Error = "NoSuchErrorClass",
            },
        },
    };

    private static readonly object NoCounts = new
    {
        RotationId = Guid.NewGuid(),
        PartitionId = 1,
        Attempt = 1,
        Worker = "forger",
    };

    private static readonly (string Queue, string Type, object Message)[] Faulty =
    [
        ("rotationmesh-rows-failed", "RowsFailed", BadRow),
        ("rotationmesh-partition-rotated", "PartitionRotated", NoCounts),
        ("rotationmesh-partition-refused", "PartitionRefused", new { RotationId = "no id" }),
        ("rotationmesh-partition-alive", "NoSuchMessage", NoCounts),
        ("rotationmesh-worker-seen", "WorkerHeartbeat", new { Worker = "forger", Concurrency = -1 }),
        ("rotationmesh-rotate-partition", "RotatePartition", NoCounts),
        ("rotationmesh-verify-partition", "NoSuchMessage", NoCounts),
    ];

    [TestCase("exchange:trap")]
    [TestCase("exchange:rotationmesh-partition-alive?bindexchange=rotationmesh-rotation")]
    [TestCase("exchange:rotationmesh-partition-alive?bind=true&queue=trapped")]
    [TestCase("queue:trapped")]
    public async Task No_endpoint_follows_them_and_the_topology_stays_as_it_is(string address)
    {
        await using var fixture = await Fixture.LoadAsync(rows: 10);
        await fixture.StartCoordinator().JoinedAsync();
        await fixture.StartWorker().JoinedAsync();
        await SetTrapAsync(fixture);
        var user = await fixture.Broker.AddUserAsync(WorkerUser.Configure, WorkerUser.Write, WorkerUser.Read);
        var before = await fixture.Broker.TopologyAsync();

        foreach (var (queue, type, message) in Faulty)
        foreach (var name in Addresses)
        {
            var envelope = Forgery.Envelope(type, message);
            envelope[name] = Absolute(fixture, address);
            envelope["requestId"] = JsonValue.Create(Guid.NewGuid().ToString());
            await Forgery.SendAsync(user, queue, envelope);
        }

        await TestKit.Eventually.Holds(
            async () =>
            {
                foreach (var (queue, _, _) in Faulty)
                    if (await fixture.Broker.AcknowledgedAsync(queue) < Addresses.Length)
                        return false;
                return true;
            },
            ServiceRun.Deadline,
            "each is dealt with"
        );
        using (Assert.EnterMultipleScope())
        {
            Assert.That(await fixture.Broker.CountAsync(Trap), Is.Zero, "messages that somebody sent there");
            Assert.That(await fixture.Broker.TopologyAsync(), Is.EqualTo(before));
        }

        Assert.That((await fixture.EndAsync(await fixture.RotateAsync())).State, Is.EqualTo("Completed"));
    }

    private static async Task SetTrapAsync(Fixture fixture)
    {
        await using var connection = await fixture.Broker.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        await channel.ExchangeDeclareAsync(Trap, ExchangeType.Fanout, durable: true);
        await channel.QueueDeclareAsync(Trap, durable: true, exclusive: false, autoDelete: false);
        await channel.QueueBindAsync(Trap, Trap, "");
    }

    // As MassTransit writes addresses in envelopes.
    private static string Absolute(Fixture fixture, string address)
    {
        var parts = address.Split(':', 2);
        var kind =
            parts[0] == "queue" ? (parts[1].Contains('?') ? "&" : "?") + "bind=true&queue=" + parts[1] : "";
        var host = new Uri(fixture.Broker.Address);
        return $"rabbitmq://{host.Host}:{host.Port}{host.AbsolutePath}/{parts[1]}{kind}";
    }
}
