using MassTransit;

namespace RotationMesh.MeshTests.Support;

/// <summary>
/// What a network may do to any message: lose it, deliver it three times, or after those that were sent later. The
/// <see cref="Forecast"/> decides; what comes late or again is not meddled with a second time.
/// </summary>
internal sealed class Weather(Forecast forecast, Func<IBus> bus) : IFilter<ConsumeContext>
{
    public Task Send(ConsumeContext context, IPipe<ConsumeContext> next)
    {
        if (Letter.Of(context) is not { } letter)
            return next.Send(context);
        var (now, later) = forecast.Of(letter.RotationId, letter.Kind);
        foreach (var delay in later)
            _ = DeliverAsync(letter, context.ReceiveContext.InputAddress, delay);
        return now ? next.Send(context) : letter.Discard();
    }

    public void Probe(ProbeContext context) { }

    private async Task DeliverAsync(Letter letter, Uri queue, TimeSpan delay)
    {
        await Task.Delay(delay);
        await letter.CopyAsync(bus(), queue);
    }
}
