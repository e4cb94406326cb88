using NUnit.Framework;
using RotationMesh.FaultTests.Support;

namespace RotationMesh.FaultTests.Faults;

[TestFixture]
internal sealed class WhenTheBrokerFails
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(50);

    [Test]
    public async Task Every_connection_closed_again_and_again()
    {
        const int Times = 4;
        await using var site = await MeshSite.StartAsync(Pace);
        var broker = await Servers.RabbitMqAsync();
        await site.RotateAsync();
        var closed = 0;
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(3));
        for (var i = 0; i < Times && await timer.WaitForNextTickAsync() && !await site.IsOverAsync(); i++)
            closed += await broker.Management.CloseConnectionsAsync(site.VirtualHost);
        await site.CompletesAsync();
        Assert.That(closed, Is.GreaterThan(5));
    }

    [Test]
    public async Task All_of_its_queues_deleted()
    {
        await using var site = await MeshSite.StartAsync(Pace);
        var broker = await Servers.RabbitMqAsync();
        await site.RotateAsync();
        var deleted = await broker.Management.DeleteQueuesAsync(site.VirtualHost);
        await site.CompletesAsync();
        Assert.That(deleted, Is.GreaterThan(10));
    }
}
