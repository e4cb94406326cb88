using System.Text.Json;
using RotationMesh.ServiceTests.Telemetry;
using RotationMesh.TestKit.RabbitMq;

namespace RotationMesh.ServiceTests.Messages;

/// <summary>An alarm of its memory: RabbitMQ reads nothing from connections that publish, and says so on them.</summary>
public sealed class WhenTheBrokerTakesNoMessages
{
    private const string Reason = "RabbitMQ takes no messages: low on memory";

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);

    private RabbitMqServer? broker;

    [OneTimeSetUp]
    public async Task Start() => broker = await RabbitMqServer.StartAsync();

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (broker is not null)
            await broker.DisposeAsync();
    }

    [Test]
    public async Task Everybody_says_so_and_what_was_asked_is_accepted_and_done_once_it_takes_them_again()
    {
        await using var receiver = new OtlpReceiver();
        await using var fixture = await Fixture.LoadAsync(rows: 500);
        var variables = new Dictionary<string, string?>(receiver.Variables)
        {
            ["ROTATIONMESH_RABBITMQ"] = broker!.Url(await broker.Management.AddVirtualHostAsync()),
        };
        var coordinator = await fixture.StartCoordinator(variables).JoinedAsync();
        var worker = await fixture.StartWorker(variables).JoinedAsync();

        await broker.AlarmAsync();
        await coordinator.IsUnreadyAsync(Reason);
        await worker.IsUnreadyAsync(Reason);
        var doctor = await coordinator.AskAsync("--output", "json", "doctor");
        var detached = await coordinator.AskAsync("--output", "json", "rotate", "--detach");
        detached.Exits(0);
        var status = Root((await coordinator.AskAsync("--output", "json", "status")).Output);
        var listed = Root((await coordinator.AskAsync("--output", "json", "list")).Output);
        var paused = await coordinator.AskAsync("pause", status.GetProperty("rotationId").GetString()!);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(doctor.Output, Does.Contain(Reason));
            Assert.That(doctor.ExitCode, Is.Not.Zero);
            Assert.That(status.GetProperty("state").GetString(), Is.EqualTo("Checking"));
            Assert.That(
                status.GetProperty("reason").GetString(),
                Does.StartWith($"it is accepted, and waits: {Reason}")
            );
            Assert.That(
                listed.GetProperty("rotations")[0].GetProperty("reason").GetString(),
                Does.Contain(Reason)
            );
            Assert.That(paused.ToString(), Does.Contain("has not begun: it is accepted"));
            Assert.That(await coordinator.HealthAsync("live"), Is.EqualTo(200));
        }

        await broker.CalmAsync();
        foreach (var service in new[] { coordinator, worker })
            await service.IsReadyAsync(Deadline);
        var id = Root(detached.Output).GetProperty("rotationId").GetGuid();
        Assert.That((await fixture.EndAsync(id)).State, Is.EqualTo("Completed"));
        Assert.That(await worker.StopAsync() + await coordinator.StopAsync(), Is.Zero);
        Assert.That(
            receiver
                .Metrics.Where(metric => metric.Name == "rotationmesh.broker.usable")
                .Select(metric => metric.Service)
                .Distinct(),
            Is.EquivalentTo(["rotationmesh-coordinator", "rotationmesh-worker"])
        );
    }

    private static JsonElement Root(string json) => JsonDocument.Parse(json).RootElement;
}
