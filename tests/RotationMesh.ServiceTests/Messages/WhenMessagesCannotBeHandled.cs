using System.Text;
using RabbitMQ.Client;
using RotationMesh.TestKit;

namespace RotationMesh.ServiceTests.Messages;

public sealed class WhenMessagesCannotBeHandled
{
    private const string DeadLetters = "rotationmesh-dead-letters";

    private static readonly string[] Queues =
    [
        "rotationmesh-rotate-partition",
        "rotationmesh-partition-rotated",
        "rotationmesh-rotation",
    ];

    [Test]
    public async Task They_are_dead_letters_in_one_queue_and_consumers_go_on()
    {
        await using var stage = await Stage.LoadAsync(rows: 2000);
        var coordinator = await stage.StartCoordinator().JoinedAsync();
        var worker = await stage.StartWorker().JoinedAsync();
        string[] letters =
        [
            "\u0001\u0002 garbage \u0003",
            """{"messageType":["urn:message:RotationMesh.Contracts:RotatePartitionV9"],"message":{"rotationId":1}}""",
            """
                {"messageType":["urn:message:RotationMesh.Contracts:RotatePartition","urn:message:RotationMesh.Contracts:PartitionRotated",
                 "urn:message:RotationMesh.Contracts:PauseRotation"],"message":{"rotationId":"no id"}}
                """,
        ];
        await using (var connection = await stage.Broker.ConnectAsync())
        await using (var channel = await connection.CreateChannelAsync())
            foreach (var queue in Queues)
            foreach (var letter in letters)
                await channel.BasicPublishAsync(
                    "",
                    queue,
                    mandatory: true,
                    new BasicProperties { ContentType = "application/vnd.masstransit+json" },
                    Encoding.UTF8.GetBytes(letter)
                );

        await Eventually.Holds(
            async () => await stage.Broker.CountAsync(DeadLetters) == Queues.Length * letters.Length,
            ServiceRun.Deadline,
            "each is a dead letter"
        );
        var ended = await stage.EndAsync(await stage.RotateAsync());

        using (Assert.EnterMultipleScope())
        {
            Assert.That(ended.State, Is.EqualTo("Completed"));
            Assert.That(
                await stage.Broker.CountAsync(DeadLetters),
                Is.EqualTo(Queues.Length * letters.Length)
            );
            Assert.That(Told(coordinator), Is.EqualTo(2 * letters.Length));
            Assert.That(Told(worker), Is.EqualTo(letters.Length));
            Assert.That(coordinator.Output + worker.Output, Does.Not.Contain("garbage"));
        }
    }

    private static int Told(ServiceRun service) =>
        service.Log.Count(line => line.GetProperty("@m").GetString()!.Contains(DeadLetters));
}
