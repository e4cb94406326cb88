using MassTransit;
using MassTransit.RabbitMqTransport;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client.Exceptions;

namespace RotationMesh.Bus.Channels;

/// <summary>
/// Restarts the consumption of a queue whose channel is closed while the transport takes it for open: when connections
/// are lost in quick succession, the client does not always notify a new consumer, and its queue would stay unread
/// until the process ends. Throws <see cref="RabbitMqConnectionException"/>, after which the transport connects anew.
/// </summary>
internal sealed class ChannelGuard(string queue, ILogger<ChannelGuard> log) : IFilter<ChannelContext>
{
    /// <summary>Time between two checks.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Time that a closed channel is left to the transport, which waits for running consumers. They send their results
    /// through another channel, and their messages are delivered again.
    /// </summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(8);

    /// <inheritdoc/>
    public async Task Send(ChannelContext context, IPipe<ChannelContext> next)
    {
        var consuming = next.Send(context);
        var closed = TimeSpan.Zero;
        while (await Task.WhenAny(consuming, Task.Delay(Look)) != consuming)
        {
            closed = context.Channel.IsOpen ? TimeSpan.Zero : closed + Look;
            if (closed < Timeout)
                continue;
            // With a cause, the transport takes it for transient; another kind would end a bus that is just starting.
            var fault = new RabbitMqConnectionException(
                $"the channel of {queue} is closed",
                context.Channel.CloseReason is { } reason
                    ? new AlreadyClosedException(reason)
                    : new EndOfStreamException()
            );
            MeshLog.Deaf(log, queue, closed);
            context.NotifyFaulted(fault, Queues.Address(queue)); // else the transport would take the same channel again
            _ = consuming.ContinueWith(
                task => task.Exception,
                CancellationToken.None,
                TaskContinuationOptions.OnlyOnFaulted,
                TaskScheduler.Default
            );
            throw fault;
        }

        await consuming;
    }

    /// <inheritdoc/>
    public void Probe(ProbeContext context) => context.CreateFilterScope("channelGuard");
}
