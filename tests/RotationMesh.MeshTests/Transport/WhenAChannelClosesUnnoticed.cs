using MassTransit;
using MassTransit.RabbitMqTransport;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using RabbitMQ.Client;
using RotationMesh.Bus.Topology;
using RotationMesh.Embedding;
using RotationMesh.MeshTests.Support;
using RotationMesh.TestKit;
using RotationMesh.TestKit.RabbitMq;

namespace RotationMesh.MeshTests.Transport;

/// <summary>
/// The client does not always tell a consumer that its channel was closed: a matter of microseconds, which the test puts in
/// the place of chance by keeping it from the transport. Broker, bus and channel are real.
/// </summary>
[TestFixture]
internal sealed class WhenAChannelClosesUnnoticed
{
    [Test]
    public async Task Its_queue_is_consumed_again()
    {
        await using var broker = await TestBroker.CreateAsync();
        var unnoticed = new UnnoticedEnd();
        var heard = new Heard();
        using var ring = SampleWorld.Ring("a-key-that-seals-what-this-host-sends-0123");
        var services = new ServiceCollection().AddSingleton(heard).AddSingleton(ring);
        services.AddMassTransit(bus =>
        {
            bus.UseRabbitMq(new BrokerSource(() => BrokerAddress.Parse(broker.Address)));
            bus.AddConsumer<Listener>().Endpoint(endpoint => endpoint.Name = "listener");
            bus.AddConfigureEndpointsCallback(
                (_, _, endpoint) =>
                    ((IRabbitMqReceiveEndpointConfigurator)endpoint).ConfigureChannel(channel =>
                        channel.UseFilter(unnoticed)
                    )
            );
        });
        await using var host = await MeshHost.StartAsync(services, CancellationToken.None);

        await CloseAsync(unnoticed.First);
        await host.Services.GetRequiredService<IBus>().Publish(new Call());

        await Eventually.Holds(
            () => Task.FromResult(heard.Calls > 0),
            TimeSpan.FromSeconds(60),
            "the message is consumed"
        );
        Assert.That(unnoticed.Passes, Is.EqualTo(2));
    }

    private static async Task CloseAsync(IChannel channel)
    {
        try
        {
            await channel.CloseAsync();
        }
        catch (ObjectDisposedException)
        {
            // The transport was quicker to dispose of what it saw closing.
        }
    }

    public sealed record Call;

    private sealed class Heard
    {
        public int Calls;
    }

    private sealed class Listener(Heard heard) : IConsumer<Call>
    {
        public Task Consume(ConsumeContext<Call> context)
        {
            Interlocked.Increment(ref heard.Calls);
            return Task.CompletedTask;
        }
    }

    // The first time, whoever waits for the consumer's end never hears of it.
    private sealed class UnnoticedEnd : IFilter<ChannelContext>
    {
        private int passes;

        public int Passes => passes;

        public IChannel First { get; private set; } = null!;

        public async Task Send(ChannelContext context, IPipe<ChannelContext> next)
        {
            if (Interlocked.Increment(ref passes) > 1)
            {
                await next.Send(context);
                return;
            }

            First = context.Channel;
            _ = next.Send(context);
            await Task.Delay(Timeout.Infinite);
        }

        public void Probe(ProbeContext context) { }
    }
}
