using MassTransit;
using Microsoft.Extensions.Logging;
using RotationMesh.Bus;
using RotationMesh.Contracts;

namespace RotationMesh.Working;

/// <summary>Sends a partition's heartbeat until it is disposed of, so that the worker keeps its lease.</summary>
internal sealed class Heartbeat : IAsyncDisposable
{
    private readonly CancellationTokenSource ended = new();
    private readonly ConsumeContext context;
    private readonly PartitionHeartbeat alive;
    private readonly ILogger log;
    private readonly Task beating;

    public Heartbeat(
        ConsumeContext context,
        PartitionHeartbeat alive,
        TimeSpan interval,
        TimeProvider clock,
        ILogger log
    )
    {
        (this.context, this.alive, this.log) = (context, alive, log);
        beating = BeatAsync(interval, clock);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await ended.CancelAsync();
        await beating;
        ended.Dispose();
    }

    private async Task BeatAsync(TimeSpan interval, TimeProvider clock)
    {
        using var timer = new PeriodicTimer(interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(ended.Token))
                await BeatOnceAsync();
        }
        catch (OperationCanceledException)
        {
            // The partition has ended.
        }
    }

    private async Task BeatOnceAsync()
    {
        try
        {
            await context.SendAsync(Queues.PartitionHeartbeat, alive, CancellationToken.None);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // The connection broke, say. The next heartbeat makes up for it, and without any the lease ends. The
            // partition continues.
            var cause = fault is SendTimeoutException ? fault.Message : fault.GetType().Name;
            MeshLog.PartitionFailed(log, alive.RotationId, alive.PartitionId, alive.Attempt, cause);
        }
    }
}
