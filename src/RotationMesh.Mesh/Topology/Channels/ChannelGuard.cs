using MassTransit;
using MassTransit.RabbitMqTransport;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client.Exceptions;

namespace RotationMesh.Mesh.Topology.Channels;

/// <summary>
/// Has a queue consumed again whose channel is closed while the transport still takes it for open: when connections are
/// lost one soon after the other, the client does not always say so to a consumer that has just begun, and its queue would
/// be deaf until the process ends. Throws <see cref="RabbitMqConnectionException"/>, after which the transport connects anew.
/// </summary>
internal sealed class ChannelGuard(string queue, ILogger<ChannelGuard> log) : IFilter<ChannelContext>
{
    /// <summary>Time between two looks.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long a closed channel is left to the transport, which waits for the consumers at work; their results leave by
    /// another channel, and what they had is delivered again.
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
            // With a cause it is one that passes, for the transport; another kind would end a bus that is just starting.
            var fault = new RabbitMqConnectionException(
                $"the channel of {queue} is closed",
                context.Channel.CloseReason is { } reason
                    ? new AlreadyClosedException(reason)
                    : new EndOfStreamException()
            );
            MeshLog.Deaf(log, queue, closed);
            context.NotifyFaulted(fault, Queues.Address(queue)); // else the transport would take the same one again
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
