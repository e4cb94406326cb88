using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using RotationMesh.Bus.Standing;

namespace RotationMesh.Bus.Topology;

/// <summary>
/// Declares the workers' queues exactly as the workers do, with the exchange and the binding by which partitions reach
/// them: a queue that was deleted, and that this declares before a worker, would get no message otherwise.
/// </summary>
internal static class WorkerQueues
{
    private static readonly string[] Names = [Queues.RotatePartition, Queues.VerifyPartition];

    private static readonly Dictionary<string, object?> Arguments = new()
    {
        ["x-queue-type"] = "quorum",
        ["x-delivery-limit"] = Transports.DeliveryLimit,
        [DeadLetters.Exchange] = Queues.DeadLetters,
    };

    /// <summary>Declares the queues, and reports those that can't be declared.</summary>
    public static async Task LookAsync(
        IConnection connection,
        BrokerStanding standing,
        CancellationToken cancellationToken
    )
    {
        foreach (var queue in Names)
            if (await TryAsync(connection, queue, cancellationToken) is { } trouble)
                standing.Tell(Subject(queue), trouble);
            else
                standing.Clear(Subject(queue));
    }

    // A refusal closes the channel, so each has its own.
    private static async Task<BrokerTrouble?> TryAsync(
        IConnection connection,
        string queue,
        CancellationToken cancellationToken
    )
    {
        await using var channel = await connection.CreateChannelAsync(null, cancellationToken);
        try
        {
            await channel.QueueDeclareAsync(
                queue,
                durable: true,
                exclusive: false,
                autoDelete: false,
                Arguments,
                cancellationToken: cancellationToken
            );
            await channel.ExchangeDeclareAsync(
                queue,
                ExchangeType.Fanout,
                durable: true,
                autoDelete: false,
                cancellationToken: cancellationToken
            );
            await channel.QueueBindAsync(queue, queue, "", cancellationToken: cancellationToken);
            return null;
        }
        catch (OperationInterruptedException fault)
        {
            // A user that may not declare them learns nothing about them, and needs none of them.
            return
                BrokerReplies.Read(fault, "", "")
                    is { OfConnection: false, Trouble: { Cause: BrokerCause.Queue } trouble }
                ? trouble
                : null;
        }
    }

    private static string Subject(string queue) => $"worker's queue {queue}";
}
