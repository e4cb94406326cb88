using MassTransit;
using NUnit.Framework;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;
using RotationMesh.Bus;
using RotationMesh.Contracts;

namespace RotationMesh.MeshTests.Transport;

/// <summary>MassTransit may still send by a channel that RabbitMQ has closed, though messages come by the next one.</summary>
[TestFixture]
internal sealed class WhenAChannelClosesBeforeASend
{
    private static readonly AlreadyClosedException Closed = new(
        new ShutdownEventArgs(ShutdownInitiator.Peer, 406, "closed by the test")
    );

    [Test]
    public async Task It_is_sent_by_the_next_one()
    {
        var (tries, received) = (0, new TaskCompletionSource<PartitionHeartbeat>());
        var bus = MassTransit.Bus.Factory.CreateUsingInMemory(broker =>
        {
            broker.ConfigureSend(send =>
                send.UseExecute(_ =>
                {
                    if (tries++ < 2)
                        throw Closed;
                })
            );
            broker.ReceiveEndpoint(
                Queues.PartitionHeartbeat,
                queue =>
                    queue.Handler<PartitionHeartbeat>(context =>
                    {
                        received.TrySetResult(context.Message);
                        return Task.CompletedTask;
                    })
            );
        });
        await bus.StartAsync();
        var sent = new PartitionHeartbeat(Guid.NewGuid(), 7, 1, Guid.NewGuid(), "worker-1");

        await bus.SendAgainAsync(Queues.PartitionHeartbeat, sent);

        Assert.That(await received.Task.WaitAsync(TimeSpan.FromMinutes(1)), Is.EqualTo(sent));
        await bus.StopAsync();
    }
}
