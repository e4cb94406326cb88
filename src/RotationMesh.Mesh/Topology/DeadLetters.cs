using MassTransit;

namespace RotationMesh.Mesh.Topology;

/// <summary>
/// One bounded queue for every message that can't be handled: garbage, an unknown type, one whose consumer fails again and
/// again (these MassTransit moves, with the fault in their headers) or kills its process (these RabbitMQ moves).
/// </summary>
internal static class DeadLetters
{
    /// <summary>Messages kept; the oldest make room. Enough to see a pattern, and no broker is filled by one.</summary>
    private const int Most = 10_000;

    /// <summary>Messages that the broker gives up go from this queue to the dead letters.</summary>
    public static void Catch(IRabbitMqReceiveEndpointConfigurator queue) =>
        queue.BindDeadLetterQueue(Queues.DeadLetters, Queues.DeadLetters, Shape);

    /// <summary>Messages that MassTransit gives up go to the dead letters, whatever queue they came from.</summary>
    public static void Collect(IRabbitMqSendTopologyConfigurator topology)
    {
        topology.ErrorQueueNameFormatter = new OneQueue();
        topology.DeadLetterQueueNameFormatter = new OneQueue();
        topology.ConfigureErrorSettings = Reshape;
        topology.ConfigureDeadLetterSettings = Reshape;
    }

    private static void Shape(IRabbitMqQueueConfigurator letters)
    {
        letters.SetQuorumQueue();
        letters.SetQueueArgument("x-max-length", Most);
    }

    // MassTransit hands over the settings of the queue that the message came from.
    private static void Reshape(IRabbitMqQueueBindingConfigurator letters)
    {
        letters.SetQueueArgument("x-delivery-limit", null!);
        letters.SetQueueArgument("x-dead-letter-exchange", null!);
        Shape(letters);
    }

    private sealed class OneQueue : IErrorQueueNameFormatter, IDeadLetterQueueNameFormatter
    {
        public string FormatErrorQueueName(string queueName) => Queues.DeadLetters;

        public string FormatDeadLetterQueueName(string queueName) => Queues.DeadLetters;
    }
}
