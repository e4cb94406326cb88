using System.Text;
using RotationMesh.Core.Keys;
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

    private static readonly KeyRing Ring = new(
        2,
        new Dictionary<int, string> { [1] = Keys.Old, [2] = Keys.New }
    );

    [Test]
    public async Task They_are_dead_letters_in_one_queue_and_consumers_go_on()
    {
        await using var stage = await Stage.LoadAsync(rows: 2000);
        var coordinator = await stage.StartCoordinator().JoinedAsync();
        var worker = await stage.StartWorker().JoinedAsync();
        (string Type, string Body)[] letters =
        [
            ("RotatePartition", "\u0001\u0002 garbage \u0003"),
            (
                "RotatePartitionV9",
                Forgery.Envelope("RotatePartitionV9", new { RotationId = 1 }).ToJsonString()
            ),
            (
                "RotatePartition",
                Forgery.Envelope("PauseRotation", new { RotationId = "no id" }).ToJsonString()
            ),
        ];
        foreach (var queue in Queues)
        foreach (var (type, body) in letters)
        {
            var bytes = Encoding.UTF8.GetBytes(body);
            var seal = Forgery.Seal(Ring, type, bytes);
            await Forgery.SendAsync(stage.Broker.Address, queue, bytes, seal);
            await Forgery.SendAsync(stage.Broker.Address, queue, bytes, seal: null);
        }

        await Eventually.Holds(
            async () => await stage.Broker.CountAsync(DeadLetters) == Queues.Length * letters.Length,
            ServiceRun.Deadline,
            "each that is sealed is a dead letter"
        );
        var ended = await stage.EndAsync(await stage.RotateAsync());

        using (Assert.EnterMultipleScope())
        {
            Assert.That(ended.State, Is.EqualTo("Completed"));
            Assert.That(
                await stage.Broker.CountAsync(DeadLetters),
                Is.EqualTo(Queues.Length * letters.Length),
                "those without a seal are none"
            );
            Assert.That(Told(coordinator), Is.EqualTo(2 * letters.Length));
            Assert.That(Told(worker), Is.EqualTo(letters.Length));
            Assert.That(coordinator.Output + worker.Output, Does.Not.Contain("garbage"));
            Assert.That(await HeadersAsync(stage), Has.None.StartsWith("MT-Fault"));
        }
    }

    private static async Task<IReadOnlyList<string>> HeadersAsync(Stage stage)
    {
        await using var connection = await stage.Broker.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        var headers = new List<string>();
        while (await channel.BasicGetAsync(DeadLetters, autoAck: true) is { } letter)
            headers.AddRange(letter.BasicProperties.Headers?.Keys ?? []);
        return headers;
    }

    private static int Told(ServiceRun service) =>
        service.Log.Count(line => line.GetProperty("@m").GetString()!.Contains(DeadLetters));
}
