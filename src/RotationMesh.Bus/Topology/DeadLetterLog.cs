using MassTransit;
using Microsoft.Extensions.Logging;
using RotationMesh.Bus.Channels;
using RotationMesh.Bus.Sealing;
using RotationMesh.Bus.Telemetry;

namespace RotationMesh.Bus.Topology;

/// <summary>Logs each message that this process gives up, without its content: it may be anything.</summary>
internal sealed class DeadLetterLog(ChannelEnds ends, ILogger<DeadLetterLog> log) : IReceiveObserver
{
    public Task PreReceive(ReceiveContext context) => Task.CompletedTask;

    /// <summary>Called as well for a message that no consumer accepts.</summary>
    public Task PostReceive(ReceiveContext context)
    {
        var dropped = context.TryGetPayload<SealExamination>(out var seal) && seal.IsDropped;
        if (!context.IsDelivered && !context.IsFaulted && !dropped)
            Tell(context, "no consumer knows its type: run coordinators and workers of one release");
        return Task.CompletedTask;
    }

    public Task PostConsume<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType)
        where T : class => Task.CompletedTask;

    public Task ConsumeFault<T>(
        ConsumeContext<T> context,
        TimeSpan duration,
        string consumerType,
        Exception exception
    )
        where T : class
    {
        Tell(context.ReceiveContext, exception.GetType().Name);
        return Task.CompletedTask;
    }

    /// <summary>Called for a message that could not even be read.</summary>
    public Task ReceiveFault(ReceiveContext context, Exception exception)
    {
        Tell(context, exception.GetType().Name);
        return Task.CompletedTask;
    }

    private void Tell(ReceiveContext context, string cause)
    {
        // The transport fails such a message before any filter sees it, or where it can't be acknowledged.
        if (ends.Of(context) is { HasCome: true })
            return; // it is delivered again
        var queue = context.InputAddress.Segments[^1];
        MeshLog.DeadLettered(log, queue, cause);
        MeshMetrics.CountDeadLetter(queue);
    }
}
