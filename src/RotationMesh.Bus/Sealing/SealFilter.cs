using MassTransit;
using RotationMesh.Bus.Telemetry;

namespace RotationMesh.Bus.Sealing;

/// <summary>
/// Checks the seal of a message against its bytes, before anything else happens to it. A message that no holder of the key
/// has sealed is acknowledged and not read.
/// </summary>
internal sealed class SealFilter(string queue, MessageSeals seals, DroppedMessages dropped)
    : IFilter<ReceiveContext>
{
    /// <inheritdoc/>
    public Task Send(ReceiveContext context, IPipe<ReceiveContext> next)
    {
        var examination = seals.Examine(
            context.TransportHeaders.Get<string>(SealHeader.Name),
            context.GetBody()
        );
        context.GetOrAddPayload(() => examination);
        if (!examination.IsDropped)
            return next.Send(context);
        dropped.Drop(queue, examination.Fault!);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void Probe(ProbeContext context) => context.CreateFilterScope("seal");
}
