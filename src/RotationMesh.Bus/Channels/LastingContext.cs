using MassTransit;
using MassTransit.Context;

namespace RotationMesh.Bus.Channels;

/// <summary>
/// Context of a message whose work may outlast its delivery. MassTransit cancels the work when the channel ends, though
/// only the message's acknowledgement is lost; this token ends with the process instead.
/// </summary>
internal sealed class LastingContext : ReceiveContextProxy, PipeContext, IDisposable
{
    /// <summary>Time in which the channel's end is reported, if that is why the work was cancelled.</summary>
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

    // If the transport cancels for another reason than the channel's end, the work is cancelled.
    private async Task CallOffAsync()
    {
        if (!stopping.IsCancellationRequested)
            await Task.WhenAny(end.Task, Task.Delay(Moment));
        if (!end.HasCome || stopping.IsCancellationRequested)
            await CancelAsync();
    }

    // While the channel is open, the transport decides whether it waits for the work.
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
