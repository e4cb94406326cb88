using Microsoft.AspNetCore.Http;
using RotationMesh.TestKit.Http;
using RotationMesh.TestKit.RabbitMq;

namespace RotationMesh.ServiceTests.Starting;

/// <summary>RabbitMQ asks a service over HTTP who may do what, and that service is away for a while.</summary>
public sealed class WhenWhoeverJudgesUsersIsAway
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);

    private AskedApplication judge = null!;
    private RabbitMqServer? broker;

    [OneTimeSetUp]
    public async Task Start()
    {
        judge = await AskedApplication.StartAsync();
        judge.Answer = Allow;
        broker = await RabbitMqServer.StartAsync(judge: judge.Url);
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (broker is not null)
            await broker.DisposeAsync();
        await judge.DisposeAsync();
    }

    [Test]
    public async Task Both_services_come_back_with_it()
    {
        await using var fixture = await Fixture.LoadAsync(rows: 500);
        var host = await broker!.Management.AddVirtualHostAsync();
        var variables = new Dictionary<string, string?>
        {
            ["ROTATIONMESH_RABBITMQ"] = broker.UrlOf("guarded", "a-word-that-it-knows", host),
        };
        ServiceRun[] services = [fixture.StartCoordinator(variables), fixture.StartWorker(variables)];
        foreach (var service in services)
            await service.JoinedAsync();
        Assert.That((await fixture.EndAsync(await fixture.RotateAsync())).State, Is.EqualTo("Completed"));

        judge.Answer = Away;
        var closed = 0;
        await TestKit.Eventually.Holds(
            async () => (closed += await broker.Management.CloseConnectionsAsync(host)) >= 2,
            Deadline,
            "the broker's list has the connections"
        );
        foreach (var service in services)
            await service.IsUnreadyAsync("RabbitMQ");
        var asked = await fixture.RotateAsync();
        var doctor = await services[0].AskAsync("doctor");
        judge.Answer = Allow;

        foreach (var service in services)
            await service.IsReadyAsync(Deadline);
        Assert.That((await fixture.EndAsync(asked)).State, Is.EqualTo("Completed"));
        Assert.That(doctor.ExitCode, Is.Not.Zero);
        Assert.That(doctor.Output, Does.Contain("RabbitMQ"));
        Assert.That(judge.Asked, Does.Contain("/user").And.Contain("/resource"));
    }

    private static Task Allow(HttpContext context) => context.Response.WriteAsync("allow");

    private static Task Away(HttpContext context)
    {
        context.Abort();
        return Task.CompletedTask;
    }
}
