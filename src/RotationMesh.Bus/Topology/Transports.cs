using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RotationMesh.Bus.Channels;
using RotationMesh.Bus.Sealing;
using RotationMesh.Bus.Standing;
using RotationMesh.Bus.Telemetry;

namespace RotationMesh.Bus.Topology;

/// <summary>The two transports; everything else is the same for both.</summary>
public static class Transports
{
    /// <summary>
    /// Deliveries of a message that is never acknowledged because its consumers' processes die: the message itself may
    /// kill them, so it goes to the dead letters.
    /// </summary>
    internal const int DeliveryLimit = 10;

    /// <summary>Uses no broker: everything is in this process, and only the database outlives it.</summary>
    public static void UseInMemory(this IBusRegistrationConfigurator bus)
    {
        ArgumentNullException.ThrowIfNull(bus);
        bus.UseBusDefaults();
        bus.UsingInMemory(
            (context, broker) =>
            {
                broker.UseConsumeFilter(typeof(MessageScope<>), context);
                broker.UseConsumeFilter(typeof(StepFaults<>), context);
                broker.ConfigureEndpoints(context);
            }
        );
    }

    /// <summary>Uses RabbitMQ with quorum queues; the host's registered key ring seals the messages.</summary>
    public static void UseRabbitMq(this IBusRegistrationConfigurator bus, BrokerSource source)
    {
        ArgumentNullException.ThrowIfNull(bus);
        ArgumentNullException.ThrowIfNull(source);
        bus.UseBusDefaults();
        var address = source.Address;
        var trust = new BrokerTrust(source);
        bus.AddSingleton(trust);
        bus.TryAddSingleton(TimeProvider.System);
        bus.AddBrokerStanding(source);
        bus.TryAddSingleton<DroppedMessages>();
        bus.TryAddSingleton<ConsumerTimeout>();
        bus.TryAddSingleton<ChannelEnds>();
        bus.TryAddSingleton<MessageSeals>();
        bus.AddReceiveObserver<DeadLetterLog>();
        bus.AddConfigureEndpointsCallback(
            (services, name, endpoint) =>
            {
                if (endpoint is not IRabbitMqReceiveEndpointConfigurator queue)
                    return;
                var log = services.GetRequiredService<ILogger<ChannelGuard>>();
                var watch = services.GetRequiredService<ConnectionWatch>();
                var ends = services.GetRequiredService<ChannelEnds>();
                var deliveries = new DeliveryFilter(
                    ends,
                    services.GetRequiredService<ILogger<DeliveryFilter>>(),
                    services.GetService<IHostApplicationLifetime>()?.ApplicationStopping
                        ?? CancellationToken.None
                );
                queue.ConfigureChannel(channel =>
                {
                    channel.UseFilter(watch);
                    channel.UseFilter(ends.Watch(name));
                    channel.UseFilter(new ChannelGuard(name, log));
                });
                queue.SetQuorumQueue();
                queue.SetQueueArgument("x-delivery-limit", DeliveryLimit);
                var seal = new SealFilter(
                    name,
                    services.GetRequiredService<MessageSeals>(),
                    services.GetRequiredService<DroppedMessages>()
                );
                queue.ConfigureReceive(pipe =>
                {
                    pipe.UseFilter(deliveries);
                    pipe.UseFilter(seal);
                });
                queue.PublishFaults = false; // no process consumes these events
                DeadLetters.Move(queue);
                // A message that expires there is no fault.
                if (name != Queues.WorkerHeartbeat)
                    DeadLetters.Catch(queue, declared: services.GetService<DeadLetterOwner>() is not null);
            }
        );
        bus.UsingRabbitMq(
            (context, broker) =>
            {
                broker.Host(
                    address.Host,
                    (ushort)address.Port,
                    address.VirtualHost,
                    host =>
                        BrokerConnection.Configure(
                            host,
                            address,
                            trust,
                            context.GetRequiredService<BrokerAttempts>()
                        )
                );
                BrokerSerialization.Use(broker, context.GetRequiredService<MessageSeals>());
                broker.UseConsumeFilter(typeof(MessageScope<>), context);
                broker.UseConsumeFilter(typeof(StepFaults<>), context);
                broker.ConfigureEndpoints(context);
            }
        );
    }
}
