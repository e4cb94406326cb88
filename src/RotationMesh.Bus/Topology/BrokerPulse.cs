using Microsoft.Extensions.Hosting;
using RabbitMQ.Client;
using RotationMesh.Bus.Standing;

namespace RotationMesh.Bus.Topology;

/// <summary>
/// Publishes a message to no queue every few seconds: RabbitMQ reports an alarm only to publishers, and a coordinator
/// without a rotation publishes nothing. It also checks the workers' queues, which the workers declare: with wrong
/// ones, no worker can join and report it.
/// </summary>
internal sealed class BrokerPulse(ConnectionWatch watch, BrokerStanding standing, TimeProvider clock)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>Longest wait for the broker's answer before it counts as blocking this process.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <summary>Longest wait for an answer that may never come (rabbitmq-dotnet-client, issue 1930).</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    /// <summary>A key of the default exchange that no queue has: the broker confirms the message and drops it.</summary>
    private const string Nobody = "rotationmesh-pulse";

    private static readonly CreateChannelOptions Confirmed = new(
        publisherConfirmationsEnabled: true,
        publisherConfirmationTrackingEnabled: true
    );

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            do
            {
                if (watch.Current is { } connection && !standing.IsHeld)
                    await LookAsync(connection, stoppingToken);
            } while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The bus stops.
        }
    }

    private async Task LookAsync(IConnection connection, CancellationToken stopping)
    {
        using var longest = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        longest.CancelAfter(Longest); // an abandoned channel would stay open
        var beat = BeatAsync(connection, longest.Token);
        try
        {
            if (await Task.WhenAny(beat, Task.Delay(Timeout, clock, stopping)) != beat && connection.IsOpen)
                standing.Suspect();
            await beat;
            await WorkerQueues.LookAsync(connection, standing, stopping);
        }
        catch (Exception) when (!stopping.IsCancellationRequested)
        {
            // The connection was lost, which its own watch reports; or this user may not publish, and learns nothing
            // here.
        }
    }

    private async Task BeatAsync(IConnection connection, CancellationToken stopping)
    {
        await using var channel = await connection.CreateChannelAsync(Confirmed, stopping);
        await channel.BasicPublishAsync("", Nobody, ReadOnlyMemory<byte>.Empty, stopping);
        standing.Clear(BrokerStanding.Unresponsive);
    }
}
