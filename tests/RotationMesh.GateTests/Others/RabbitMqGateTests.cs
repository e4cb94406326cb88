using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RotationMesh.Core.Gates;
using RotationMesh.TestKit;
using RotationMesh.TestKit.RabbitMq;

namespace RotationMesh.GateTests.Others;

/// <summary>A real broker with its management API.</summary>
public sealed class RabbitMqGateTests
{
    // The broker counts consumers anew every five seconds.
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly string queue = $"tasks-{Guid.NewGuid():N}";
    private TestBroker broker = null!;
    private UriBuilder management = null!;

    [OneTimeSetUp]
    public async Task Find()
    {
        broker = await TestBroker.CreateAsync();
        var login = broker.Server.UserInfo.Split(':');
        management = new UriBuilder(broker.Management) { UserName = login[0], Password = login[1] };
    }

    [OneTimeTearDown]
    public Task Leave() => broker.DisposeAsync().AsTask();

    [Test]
    public async Task A_queue_without_consumers_holds_and_a_consumer_loses_the_gate()
    {
        await using var connection = await new ConnectionFactory
        {
            Uri = broker.Server,
        }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        await channel.QueueDeclareAsync(queue, durable: false, exclusive: false, autoDelete: false);

        await Eventually.Holds(async () => (await LookAsync()).Holds, Deadline, "nothing consumes");
        var tag = await channel.BasicConsumeAsync(
            queue,
            autoAck: true,
            new AsyncEventingBasicConsumer(channel)
        );
        await Eventually.Holds(async () => !(await LookAsync()).Holds, Deadline, "the consumer is seen");
        (await LookAsync()).AssertLost($"queues have consumers: {queue} (1)");
        await channel.BasicCancelAsync(tag);
        await Eventually.Holds(async () => (await LookAsync()).Holds, Deadline, "it is gone again");
        await channel.QueueDeleteAsync(queue);
    }

    [Test]
    public async Task A_queue_that_does_not_exist_does_not_hold() =>
        (await LookAsync("no-such-queue")).AssertLost(
            "there is no queue no-such-queue in the virtual host /"
        );

    [Test]
    public async Task A_wrong_password_does_not_hold_and_is_not_shown()
    {
        management.Password = "correct-horse";

        var verdict = await LookAsync();

        verdict.AssertLost("refuses the user");
        Assert.That(verdict.ToString(), Does.Not.Contain("correct-horse"));
        management.Password = broker.Server.UserInfo.Split(':')[1];
    }

    private Task<GateVerdict> LookAsync(string? name = null) =>
        Looks.AtWorkersAsync($"rabbitmq: {{ management: '{management.Uri}', queues: [{name ?? queue}] }}");
}
