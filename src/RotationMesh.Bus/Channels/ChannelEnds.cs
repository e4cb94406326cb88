using System.Runtime.CompilerServices;
using MassTransit;
using MassTransit.RabbitMqTransport;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RotationMesh.Bus.Standing;

namespace RotationMesh.Bus.Channels;

/// <summary>Watches the end of each consuming channel, and learns the consumer timeout where it names one.</summary>
internal sealed class ChannelEnds(ConsumerTimeout timeout, ILogger<ChannelEnds> log)
{
    private readonly ConditionalWeakTable<IChannel, ChannelEnd> known = [];

    /// <summary>The end of the channel that delivered a message; null where there is no channel.</summary>
    public ChannelEnd? Of(ReceiveContext message) =>
        message.TryGetPayload<ChannelContext>(out var channel)
        && known.TryGetValue(channel.Channel, out var end)
            ? end
            : null;

    /// <summary>Returns a filter that watches the channels of a queue.</summary>
    public IFilter<ChannelContext> Watch(string queue) => new Watcher(this, queue);

    private void See(string queue, IChannel channel)
    {
        var end = new ChannelEnd();
        if (!known.TryAdd(channel, end))
            return;
        channel.ChannelShutdownAsync += (_, reason) =>
        {
            end.Come();
            if (ConsumerTimeout.Read(reason.ReplyText) is not { } told)
                return Task.CompletedTask;
            MeshLog.TakenBack(log, queue, told);
            timeout.Learn(told);
            return Task.CompletedTask;
        };
        if (!channel.IsOpen)
            end.Come();
    }

    private sealed class Watcher(ChannelEnds ends, string queue) : IFilter<ChannelContext>
    {
        public Task Send(ChannelContext context, IPipe<ChannelContext> next)
        {
            ends.See(queue, context.Channel);
            return next.Send(context);
        }

        public void Probe(ProbeContext context) => context.CreateFilterScope("channelEnds");
    }
}
