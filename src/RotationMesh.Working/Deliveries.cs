using MassTransit;
using RotationMesh.Bus.Channels;

namespace RotationMesh.Working;

/// <summary>Counts the deliveries of a message that had no answer because the consumer's connection ended.</summary>
internal static class Deliveries
{
    /// <summary>
    /// Unanswered deliveries after which a worker returns a partition. Workers die for reasons of their own, and what
    /// they had prefetched is delivered again, but seldom three times in a row.
    /// </summary>
    public const int Most = 3;

    // Set by quorum queues from the second delivery on.
    private const string Header = "x-delivery-count";

    /// <summary>
    /// Time after the client hands a message over in which RabbitMQ takes it back only by closing the channel: its
    /// shortest <c>consumer_timeout</c> is a minute, and from 4.3 on the channel may stay open. The time that the
    /// message waited in the client is not counted.
    /// </summary>
    private static readonly TimeSpan Sure = TimeSpan.FromSeconds(50);

    /// <summary>
    /// Whether no other worker has the message. An earlier delivery may be with a worker that was frozen when its
    /// connection ended; a later one may exist if this channel has ended or the broker took the message back.
    /// </summary>
    public static bool IsAlone(ConsumeContext context) =>
        !context.ReceiveContext.Redelivered
        && Of(context) == 0
        && (
            !context.TryGetPayload<ChannelEnd>(out var end)
            || (!end.HasCome && context.ReceiveContext.ElapsedTime < Sure)
        );

    /// <summary>Number of earlier deliveries without an answer; 0 with the transport in memory.</summary>
    public static int Of(ConsumeContext context) =>
        context.ReceiveContext.TransportHeaders.Get<int>(Header) ?? 0;
}
