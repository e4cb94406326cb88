using MassTransit;
using MassTransit.Context;

namespace RotationMesh.Mesh.Topology.Channels;

/// <summary>
/// A message whose work may outlast its delivery. MassTransit calls off what came by a channel that has ended, though it is
/// only the answer to the message that is lost; this token ends with the process instead.
/// </summary>
internal sealed class LastingContext : ReceiveContextProxy, PipeContext, IDisposable
{
    /// <summary>Time in which the end of the channel is heard, where the work was called off for it.</summary>
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(2);

    private readonly ChannelEnd end;
    private readonly CancellationToken stopping;
    private readonly CancellationTokenSource source = new();
    private readonly CancellationTokenRegistration calledOff;
    private readonly CancellationTokenRegistration stopped;

    public LastingContext(ReceiveContext context, ChannelEnd end, CancellationToken stopping)
        : base(context)
    {
        (this.end, this.stopping) = (end, stopping);
        calledOff = context.CancellationToken.Register(() => _ = CallOffAsync());
        stopped = stopping.Register(() => _ = StopAsync());
    }

    CancellationToken PipeContext.CancellationToken => source.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        stopped.Dispose();
        calledOff.Dispose();
        source.Dispose();
    }

    // What the transport calls off for another reason than the end of the channel has ended.
    private async Task CallOffAsync()
    {
        if (!stopping.IsCancellationRequested)
            await Task.WhenAny(end.Task, Task.Delay(Moment));
        if (!end.HasCome || stopping.IsCancellationRequested)
            await CancelAsync();
    }

    // While the channel is there, the transport decides whether what is at work is waited for.
    private Task StopAsync() => end.HasCome ? CancelAsync() : Task.CompletedTask;

    private async Task CancelAsync()
    {
        try
        {
            await source.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // The work has just ended.
        }
    }
}
