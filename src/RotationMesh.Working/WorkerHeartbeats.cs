using System.Reflection;
using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RotationMesh.Bus;
using RotationMesh.Contracts;
using RotationMesh.Core.Keys;
using RotationMesh.Core.Map;
using RotationMesh.Tables;

namespace RotationMesh.Working;

/// <summary>Sends coordinators a heartbeat with this worker's map and keys, and reports when it leaves.</summary>
internal sealed class WorkerHeartbeats(
    IBus bus,
    RotationMap map,
    KeyRing ring,
    WorkerOptions options,
    MapIdentities identities,
    TimeProvider clock,
    ILogger<WorkerHeartbeats> log
) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    /// <summary>Lifetime of a heartbeat in its queue: the next replaces it, and none pile up unread.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(30);

    /// <summary>Longest wait for the broker to accept a heartbeat.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    private static readonly string Version =
        typeof(WorkerHeartbeats)
            .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
            ?.InformationalVersion.Split('+')[0]
        ?? "unknown";

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await SendAsync(leaving: true);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            do await SendAsync(leaving: false);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // Leaving.
        }
    }

    private async Task SendAsync(bool leaving)
    {
        try
        {
            var seen = await HeartbeatAsync(leaving);
            using var timeout = new CancellationTokenSource(Timeout, clock);
            var endpoint = await bus.GetSendEndpoint(Queues.Address(Queues.WorkerHeartbeat));
            await endpoint.Send(
                seen,
                context =>
                {
                    context.TimeToLive = Lifetime;
                    context.Durable = false;
                },
                timeout.Token
            );
        }
        catch (Exception fault)
        {
            // The broker or a database is away; the next heartbeat replaces this one.
            MeshLog.NotAnnounced(log, fault.GetType().Name);
        }
    }

    private async Task<WorkerHeartbeat> HeartbeatAsync(bool leaving)
    {
        var databases = leaving
            ? new Dictionary<string, string>()
            : await identities.ReadAsync(CancellationToken.None);
        return new WorkerHeartbeat
        {
            Worker = options.Name,
            Host = Environment.MachineName,
            Version = Version,
            MapHash = MapHash.Of(map),
            Keys = [.. ring.Keys.Select(key => new WorkerKey(key.Version, key.Fingerprint))],
            Concurrency = options.Concurrency,
            Leaving = leaving,
            Databases = [.. databases.Select(one => new WorkerDatabase(one.Key, one.Value))],
        };
    }
}
