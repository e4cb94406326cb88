using System.Collections.Concurrent;
using RotationMesh.TestKit.RabbitMq;

namespace RotationMesh.FaultTests.Campaign;

/// <summary>
/// A broker for each site that runs at a time: one that restarts it disturbs nobody else, so that a site that is left in
/// peace has peace. They are used again, one site after the other.
/// </summary>
internal static class Brokers
{
    private static readonly ConcurrentBag<RabbitMqServer> Free = [];

    /// <summary>One that nobody else uses; starts it where there is none.</summary>
    public static async Task<RabbitMqServer> TakeAsync() =>
        Free.TryTake(out var broker) ? broker : await RabbitMqServer.StartAsync();

    /// <summary>Gives one back, without the virtual host. One that does not run is ended, and hides nobody's failure.</summary>
    public static async Task GiveAsync(RabbitMqServer broker, string virtualHost)
    {
        try
        {
            await broker.Management.DeleteVirtualHostAsync(virtualHost);
            Free.Add(broker);
        }
        // It did not come back, which whoever restarted it has told.
        catch (HttpRequestException)
        {
            await broker.DisposeAsync();
        }
    }

    public static async Task StopAsync()
    {
        while (Free.TryTake(out var broker))
            await broker.DisposeAsync();
    }
}
