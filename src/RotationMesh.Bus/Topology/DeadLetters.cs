using MassTransit;
using MassTransit.RabbitMqTransport;
using RabbitMQ.Client;
using RotationMesh.Bus.Channels;

namespace RotationMesh.Bus.Topology;

/// <summary>
/// Keeps every message that can't be handled in one bounded queue: garbage, an unknown type, and one whose consumer
/// fails repeatedly or kills its process. RabbitMQ moves the last kind; the process moves the others unchanged, without
/// the fault's text. Coordinators declare the queue; a worker may write to it, and neither read nor delete it.
/// </summary>
internal sealed class DeadLetters : IFilter<ExceptionReceiveContext>, IFilter<ReceiveContext>
{
    /// <summary>Messages kept; the oldest make room. Enough to see a pattern, and no broker is filled by one.</summary>
    private const int Most = 10_000;

    /// <summary>Argument of a queue: where RabbitMQ puts what it gives up.</summary>
    internal const string Exchange = "x-dead-letter-exchange";

    /// <summary>Header of a dead letter: the queue that it was taken from.</summary>
    private const string CameFrom = "rotationmesh-queue";

    private static readonly DeadLetters Mover = new();

    /// <summary>Moves messages that the broker gives up from this queue to the dead letters.</summary>
    public static void Catch(IRabbitMqReceiveEndpointConfigurator queue, bool declared)
    {
        if (declared)
            queue.BindDeadLetterQueue(Queues.DeadLetters, Queues.DeadLetters, Shape);
        else
            queue.SetQueueArgument(Exchange, Queues.DeadLetters);
    }

    /// <summary>Moves messages that the process gives up there too, in place of MassTransit's replies.</summary>
    public static void Move(IReceiveEndpointConfigurator queue)
    {
        queue.ConfigureError(pipe => pipe.UseFilter(Mover));
        queue.ConfigureDeadLetter(pipe => pipe.UseFilter(Mover));
    }

    /// <summary>Called where a consumer failed, or the message could not be read.</summary>
    public async Task Send(ExceptionReceiveContext context, IPipe<ExceptionReceiveContext> next)
    {
        if (!context.IsFaulted)
            await context.NotifyFaulted(context.Exception);
        await MoveAsync(context);
        await next.Send(context);
    }

    /// <summary>Called for a message that no consumer accepts.</summary>
    public async Task Send(ReceiveContext context, IPipe<ReceiveContext> next)
    {
        await MoveAsync(context);
        await next.Send(context);
    }

    /// <inheritdoc/>
    public void Probe(ProbeContext context) => context.CreateFilterScope("dead-letters");

    private static async Task MoveAsync(ReceiveContext context)
    {
        if (
            !context.TryGetPayload<ChannelContext>(out var channel)
            || !context.TryGetPayload<RabbitMqBasicConsumeContext>(out var consumed)
        )
            return; // in memory, where nothing outlives the process
        if (context.TryGetPayload<ChannelEnd>(out var end) && end.HasCome)
            return; // it is delivered again
        var letter = new BasicProperties(consumed.Properties) { Persistent = true };
        letter.ClearExpiration();
        letter.Headers = new Dictionary<string, object?>(letter.Headers ?? new Dictionary<string, object?>())
        {
            [CameFrom] = context.InputAddress.Segments[^1],
        };
        await BoundedSends.WithinAsync(
            token =>
                channel.BasicPublishAsync(
                    Queues.DeadLetters,
                    consumed.RoutingKey,
                    mandatory: false,
                    letter,
                    context.GetBody(),
                    awaitAck: true,
                    token
                ),
            context.CancellationToken
        );
    }

    private static void Shape(IRabbitMqQueueConfigurator letters)
    {
        letters.SetQuorumQueue();
        letters.SetQueueArgument("x-max-length", Most);
    }
}
