using MassTransit;
using Microsoft.Extensions.Logging;

namespace RotationMesh.Bus.Channels;

/// <summary>
/// Returns from a message whose channel has ended, while its work continues. RabbitMQ's client waits for the messages
/// of a channel that the broker has closed, and reads nothing from the connection meanwhile: without this filter, a
/// partition would wait for the confirmation of its own result.
/// </summary>
internal sealed class DeliveryFilter(
    ChannelEnds ends,
    ILogger<DeliveryFilter> log,
    CancellationToken stopping
) : IFilter<ReceiveContext>
{
    /// <inheritdoc/>
    public async Task Send(ReceiveContext context, IPipe<ReceiveContext> next)
    {
        if (ends.Of(context) is not { } end)
        {
            await next.Send(context);
            return;
        }

        // Before the return: the dead-letter filter would take an unmarked message for one that nobody accepts.
        context.AddOrUpdatePayload(() => end, _ => end);
        if (end.HasCome)
            return; // it is delivered again
        _ = context.Body.GetBytes(); // a copy: the client reuses its own memory for other messages
        var work = SendAsync(context, end, next);
        await Task.WhenAny(work, end.Task);
        if (work.IsCompleted)
            await work;
        else
            _ = EndAsync(work, context.InputAddress.Segments[^1]);
    }

    /// <inheritdoc/>
    public void Probe(ProbeContext context) => context.CreateFilterScope("delivery");

    private async Task SendAsync(ReceiveContext context, ChannelEnd end, IPipe<ReceiveContext> next)
    {
        using var lasting = new LastingContext(context, end, stopping);
        await next.Send(lasting);
    }

    private async Task EndAsync(Task work, string queue)
    {
        try
        {
            await work;
        }
        catch (Exception fault)
        {
            // The message is delivered again.
            MeshLog.LostDelivery(log, queue, fault.GetType().Name);
        }
    }
}
