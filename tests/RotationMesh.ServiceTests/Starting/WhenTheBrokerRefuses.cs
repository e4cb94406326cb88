using System.Text.Json;
using RabbitMQ.Client;

namespace RotationMesh.ServiceTests.Starting;

public sealed class WhenTheBrokerRefuses
{
    /// <summary>The transport waits longer from time to time, up to half a minute.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);

    [Test]
    public async Task A_limit_of_connections_is_told_and_waited_for()
    {
        await using var fixture = await Fixture.LoadAsync(rows: 100);
        await fixture.Broker.LimitAsync("max-connections", 0);
        ServiceRun[] services = [fixture.StartCoordinator(), fixture.StartWorker()];
        foreach (var service in services)
            await service.IsUnreadyAsync("takes 0 connections and has them");
        Assert.That(
            await DoctorAsync(services[0]),
            Does.Contain("takes 0 connections")
                .And.Contain($"set_vhost_limits --vhost {fixture.Broker.VirtualHost}")
        );

        await fixture.Broker.LimitAsync("max-connections", -1);

        foreach (var service in services)
        {
            await service.JoinedAsync(Deadline);
            await service.IsReadyAsync(Deadline);
            Assert.That(
                service.Says("takes 0 connections and has them, and this process needs one"),
                Is.EqualTo(2)
            );
        }

        Assert.That((await fixture.EndAsync(await fixture.RotateAsync())).State, Is.EqualTo("Completed"));
    }

    [Test]
    public async Task A_queue_of_another_type_is_named_with_the_command_that_mends_it()
    {
        await using var fixture = await Fixture.LoadAsync(rows: 100);
        await DeclareAsync(fixture, "rotationmesh-rotation");
        await DeclareAsync(fixture, "rotationmesh-rotate-partition");
        var coordinator = fixture.StartCoordinator();
        var worker = fixture.StartWorker();
        const string Found = "not as the mesh makes it: its x-";
        await coordinator.IsUnreadyAsync(
            $"queue rotationmesh-rotation of virtual host {fixture.Broker.VirtualHost} is {Found}"
        );
        await worker.IsUnreadyAsync(
            $"queue rotationmesh-rotate-partition of virtual host {fixture.Broker.VirtualHost} is {Found}"
        );
        var delete = $"rabbitmqctl delete_queue --vhost {fixture.Broker.VirtualHost}";
        Assert.That(await DoctorAsync(coordinator), Does.Contain($"{delete} rotationmesh-rotation"));

        await DeleteAsync(fixture, "rotationmesh-rotation");
        await coordinator.JoinedAsync(Deadline);

        // The worker's own queue, of which it can't tell the coordinators.
        await TestKit.Eventually.Holds(
            async () => (await DoctorAsync(coordinator)).Contains($"{delete} rotationmesh-rotate-partition"),
            ServiceRun.Deadline,
            "the coordinator's doctor names the worker's queue"
        );
        await DeleteAsync(fixture, "rotationmesh-rotate-partition");
        await worker.JoinedAsync(Deadline);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                coordinator.Says("queue rotationmesh-rotation of virtual host"),
                Is.EqualTo(2),
                "told, and passed"
            );
            Assert.That(worker.Says("queue rotationmesh-rotate-partition of virtual host"), Is.EqualTo(2));
            Assert.That(coordinator.Output, Has.Length.LessThan(40_000));
            Assert.That(worker.Output, Has.Length.LessThan(40_000));
            Assert.That((await fixture.EndAsync(await fixture.RotateAsync())).State, Is.EqualTo("Completed"));
        }
    }

    [Test]
    public async Task A_limit_of_queues_is_told_and_waited_for()
    {
        await using var fixture = await Fixture.LoadAsync(rows: 100);
        await DeclareAsync(fixture, "somebody-else-s");
        await fixture.Broker.LimitAsync("max-queues", 1);
        var coordinator = fixture.StartCoordinator();
        var worker = fixture.StartWorker();
        foreach (var service in new[] { coordinator, worker })
            await service.IsUnreadyAsync("may have 1 queues and has them");
        Assert.That(await DoctorAsync(coordinator), Does.Contain("max-queues"));

        await fixture.Broker.LimitAsync("max-queues", -1);

        foreach (var service in new[] { coordinator, worker })
        {
            await service.JoinedAsync(Deadline);
            await service.IsReadyAsync(Deadline);
            Assert.That(
                service.Says("may have 1 queues and has them"),
                Is.InRange(2, 8),
                "told, and passed, not once an attempt"
            );
            Assert.That(service.Output, Has.Length.LessThan(40_000));
        }

        Assert.That((await fixture.EndAsync(await fixture.RotateAsync())).State, Is.EqualTo("Completed"));
    }

    private static async Task<string> DoctorAsync(ServiceRun coordinator)
    {
        var told = (await coordinator.AskAsync("--output", "json", "doctor")).Output;
        return string.Join(
            "\n",
            JsonDocument
                .Parse(told)
                .RootElement.GetProperty("checks")
                .EnumerateArray()
                .Where(check => check.GetProperty("subject").GetString() == "RabbitMQ")
                .Select(check => $"{check.GetProperty("message")} {check.GetProperty("fix")}")
        );
    }

    private static async Task DeclareAsync(Fixture fixture, string queue)
    {
        await using var connection = await fixture.Broker.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false);
    }

    private static async Task DeleteAsync(Fixture fixture, string queue)
    {
        await using var connection = await fixture.Broker.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        await channel.QueueDeleteAsync(queue);
    }
}
