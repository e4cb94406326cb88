using MassTransit;

namespace RotationMesh.Mesh.Topology;

/// <summary>The two transports; everything else is the same for both.</summary>
public static class Transports
{
    /// <summary>
    /// Deliveries of a message that is never answered, that is, whose consumer's process dies: then it may be the message
    /// that kills them, and it goes to the dead letters.
    /// </summary>
    private const int DeliveryLimit = 10;

    /// <summary>Where RabbitMQ puts what was delivered too often.</summary>
    private const string DeadLetters = "rotationmesh-dead-letters";

    /// <summary>Everything in this process: no broker, and nothing outlives it but what is in the database.</summary>
    public static void UseInMemory(this IBusRegistrationConfigurator bus)
    {
        ArgumentNullException.ThrowIfNull(bus);
        bus.UseBusDefaults();
        bus.UsingInMemory((context, broker) => broker.ConfigureEndpoints(context));
    }

    /// <summary>RabbitMQ with quorum queues: <c>amqp(s)://user:password@host:port/vhost</c>.</summary>
    public static void UseRabbitMq(this IBusRegistrationConfigurator bus, Uri address)
    {
        ArgumentNullException.ThrowIfNull(bus);
        bus.UseBusDefaults();
        bus.AddConfigureEndpointsCallback(
            (_, _, endpoint) =>
            {
                if (endpoint is not IRabbitMqReceiveEndpointConfigurator queue)
                    return;
                queue.SetQuorumQueue();
                queue.SetQueueArgument("x-delivery-limit", DeliveryLimit);
                queue.BindDeadLetterQueue(DeadLetters, DeadLetters, letters => letters.SetQuorumQueue());
            }
        );
        bus.UsingRabbitMq(
            (context, broker) =>
            {
                broker.Host(address);
                broker.ConfigureEndpoints(context);
            }
        );
    }
}
