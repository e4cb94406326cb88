using Microsoft.Extensions.Hosting;
using RabbitMQ.Client;
using RotationMesh.Mesh.Standing;

namespace RotationMesh.Mesh.Topology;

/// <summary>
/// Sends a message to nobody every few seconds: RabbitMQ tells of an alarm only whoever publishes, and a coordinator
/// without a rotation publishes nothing. Looks after the workers' queues as well, which are theirs to declare: with the
/// wrong ones no worker can join to say so.
/// </summary>
internal sealed class BrokerPulse(ConnectionWatch watch, BrokerStanding standing, TimeProvider clock)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>Longest wait for the broker's answer before it counts as holding this process back.</summary>
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
        longest.CancelAfter(Longest); // a channel that nobody waits for any more would stay
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
            // The connection was lost, which its own watch tells; or this user may not write there, and learns nothing so.
        }
    }

    private async Task BeatAsync(IConnection connection, CancellationToken stopping)
    {
        await using var channel = await connection.CreateChannelAsync(Confirmed, stopping);
        await channel.BasicPublishAsync("", Nobody, ReadOnlyMemory<byte>.Empty, stopping);
        standing.Clear(BrokerStanding.Unresponsive);
    }
}
