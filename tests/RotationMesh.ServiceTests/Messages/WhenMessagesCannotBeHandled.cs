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
        await using var fixture = await Fixture.LoadAsync(rows: 2000);
        var coordinator = await fixture.StartCoordinator().JoinedAsync();
        var worker = await fixture.StartWorker().JoinedAsync();
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
            await Forgery.SendAsync(fixture.Broker.Address, queue, bytes, seal);
            await Forgery.SendAsync(fixture.Broker.Address, queue, bytes, seal: null);
        }

        await Eventually.Holds(
            async () => await fixture.Broker.CountAsync(DeadLetters) == Queues.Length * letters.Length,
            ServiceRun.Deadline,
            "each that is sealed is a dead letter"
        );
        var ended = await fixture.EndAsync(await fixture.RotateAsync());

        using (Assert.EnterMultipleScope())
        {
            Assert.That(ended.State, Is.EqualTo("Completed"));
            Assert.That(
                await fixture.Broker.CountAsync(DeadLetters),
                Is.EqualTo(Queues.Length * letters.Length),
                "those without a seal are none"
            );
            Assert.That(CountLogged(coordinator), Is.EqualTo(2 * letters.Length));
            Assert.That(CountLogged(worker), Is.EqualTo(letters.Length));
            Assert.That(coordinator.Output + worker.Output, Does.Not.Contain("garbage"));
            Assert.That(await HeadersAsync(fixture), Has.None.StartsWith("MT-Fault"));
        }
    }

    private static async Task<IReadOnlyList<string>> HeadersAsync(Fixture fixture)
    {
        await using var connection = await fixture.Broker.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        var headers = new List<string>();
        while (await channel.BasicGetAsync(DeadLetters, autoAck: true) is { } letter)
            headers.AddRange(letter.BasicProperties.Headers?.Keys ?? []);
        return headers;
    }

    private static int CountLogged(ServiceRun service) =>
        service.Log.Count(line => line.GetProperty("@m").GetString()!.Contains(DeadLetters));
}
