using System.Collections.Concurrent;
using MassTransit;
using MassTransit.Transports;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RotationMesh.Bus.Standing;

namespace RotationMesh.Bus.Topology;

/// <summary>
/// Restarts the consumption of queues that the transport has given up: it never retries after a user was refused,
/// though the user may be created again, its password be replaced, or the service that checks it be away for a moment.
/// </summary>
internal sealed class EndpointRevival(TimeProvider clock, ILogger<EndpointRevival> log)
    : BackgroundService,
        IReceiveEndpointObserver
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    /// <summary>Longest wait for a queue that was given up to stop: it has no message in hand.</summary>
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<IReceiveEndpoint, bool> known = new();
    private readonly ConcurrentDictionary<IReceiveEndpoint, bool> given = new();

    public Task Ready(ReceiveEndpointReady ready)
    {
        known[ready.ReceiveEndpoint] = true;
        given.TryRemove(ready.ReceiveEndpoint, out _);
        return Task.CompletedTask;
    }

    public Task Faulted(ReceiveEndpointFaulted faulted)
    {
        known[faulted.ReceiveEndpoint] = true;
        if (BrokerReplies.IsOfCredentials(faulted.Exception))
            given[faulted.ReceiveEndpoint] = true;
        return Task.CompletedTask;
    }

    public Task Stopping(ReceiveEndpointStopping stopping) => Task.CompletedTask;

    public Task Completed(ReceiveEndpointCompleted completed)
    {
        known[completed.ReceiveEndpoint] = true;
        return Task.CompletedTask;
    }

    /// <summary>
    /// Resets every queue after a failed start of the bus, so that its consumption can be started once more: the
    /// transport leaves some of them as if they were started.
    /// </summary>
    public async Task ResetAsync(CancellationToken cancellationToken)
    {
        foreach (var endpoint in known.Keys)
        {
            try
            {
                await StopAsync(endpoint, cancellationToken);
            }
            catch (TimeoutException)
            {
                // A refused queue does not always stop; it has no message in hand.
            }

            if (endpoint is ReceiveEndpoint own)
                own.CurrentState = ReceiveEndpoint.State.Initial;
        }

        given.Clear();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Look, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                foreach (var endpoint in given.Keys)
                    await ReviveAsync(endpoint, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The bus stops.
        }
    }

    private async Task ReviveAsync(IReceiveEndpoint endpoint, CancellationToken stopping)
    {
        try
        {
            await StopAsync(endpoint, stopping);
            given.TryRemove(endpoint, out _);
            endpoint.Start(CancellationToken.None);
        }
        catch (Exception fault) when (!stopping.IsCancellationRequested)
        {
            given[endpoint] = true;
            MeshLog.NotRevived(log, endpoint.InputAddress.Segments[^1], fault.GetType().Name);
        }
    }

    private static Task StopAsync(IReceiveEndpoint endpoint, CancellationToken cancellationToken) =>
        endpoint.Stop(cancellationToken).WaitAsync(StopLimit, cancellationToken);
}
