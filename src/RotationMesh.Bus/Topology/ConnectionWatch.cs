using System.Runtime.CompilerServices;
using MassTransit;
using MassTransit.RabbitMqTransport;
using RabbitMQ.Client;
using RotationMesh.Bus.Standing;

namespace RotationMesh.Bus.Topology;

/// <summary>
/// Watches each connection of the transport: RabbitMQ reports on it when and why it blocks publishers. All channels of
/// a process share one connection.
/// </summary>
internal sealed class ConnectionWatch(BrokerStanding standing, BrokerAttempts attempts)
    : IFilter<ChannelContext>
{
    private readonly ConditionalWeakTable<IConnection, ConnectionWatch> seen = [];
    private volatile IConnection? latest;

    /// <summary>The connection that is open now; null where none is.</summary>
    public IConnection? Current => latest is { IsOpen: true } open ? open : null;

    /// <inheritdoc/>
    public Task Send(ChannelContext context, IPipe<ChannelContext> next)
    {
        See(context.ConnectionContext.Connection);
        return next.Send(context);
    }

    /// <inheritdoc/>
    public void Probe(ProbeContext context) => context.CreateFilterScope("connectionWatch");

    private void See(IConnection connection)
    {
        if (!seen.TryAdd(connection, this))
            return;
        latest = connection;
        attempts.Succeed();
        standing.Reach();
        connection.ConnectionBlockedAsync += (_, held) =>
            Handle(() => standing.Tell(BrokerStanding.Alarm, BrokerReplies.Held(held.Reason)));
        connection.ConnectionUnblockedAsync += (_, _) => Handle(() => standing.Clear(BrokerStanding.Alarm));
        // Nothing is known about the next connection yet.
        connection.ConnectionShutdownAsync += (_, _) =>
            Handle(() =>
            {
                standing.Clear(BrokerStanding.Alarm);
                standing.Clear(BrokerStanding.Unresponsive);
            });
    }

    private static Task Handle(Action handle)
    {
        handle();
        return Task.CompletedTask;
    }
}
