using MassTransit;
using RotationMesh.Mesh.Topology;
using RotationMesh.Mesh.Topology.Channels;

namespace RotationMesh.Mesh.Working;

/// <summary>How often RabbitMQ has delivered a message before, and got no answer because its consumer's connection ended.</summary>
internal static class Deliveries
{
    /// <summary>
    /// Deliveries without an answer after which a worker gives a partition back: workers die for reasons of their own, and
    /// what they had fetched is delivered again, but seldom three times in a row.
    /// </summary>
    public const int Most = 3;

    // Set by quorum queues from the second delivery on.
    private const string Header = "x-delivery-count";

    /// <summary>
    /// Time since the client handed the message over in which RabbitMQ takes nothing back without closing the channel: its shortest
    /// <c>consumer_timeout</c> is a minute, and from 4.3 on the channel may stay open. What the message waited for in the client is
    /// not counted.
    /// </summary>
    private static readonly TimeSpan Sure = TimeSpan.FromSeconds(50);

    /// <summary>
    /// Whether nobody else has the message: neither from before, where it may be with a worker whose connection ended while
    /// it was frozen, nor since then, because the channel that it came by has ended or the broker took it back.
    /// </summary>
    public static bool IsAlone(ConsumeContext context) =>
        !context.ReceiveContext.Redelivered
        && Of(context) == 0
        && (
            !context.TryGetPayload<ChannelEnd>(out var end)
            || (!end.HasCome && context.ReceiveContext.ElapsedTime < Sure)
        );

    /// <summary>That number; 0 in memory.</summary>
    public static int Of(ConsumeContext context) =>
        context.ReceiveContext.TransportHeaders.Get<int>(Header) ?? 0;
}
