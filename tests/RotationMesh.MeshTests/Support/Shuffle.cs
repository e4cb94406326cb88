using MassTransit;

namespace RotationMesh.MeshTests.Support;

/// <summary>Every message is handled now and once more behind all others, or twice behind all others.</summary>
internal sealed class Shuffle : IFilter<ConsumeContext>
{
    private static int copies;

    /// <summary>How many messages were copied.</summary>
    public static int Copies => copies;

    /// <summary>Puts it before the consumers of every endpoint of a bus.</summary>
    public static void Everything(IBusRegistrationConfigurator bus) =>
        bus.AddConfigureEndpointsCallback((_, _, endpoint) => endpoint.UseFilter(new Shuffle()));

    public async Task Send(ConsumeContext context, IPipe<ConsumeContext> next)
    {
        if (Letter.Of(context) is not { } letter)
        {
            await next.Send(context);
            return;
        }

        var later = Random.Shared.Next(2) == 0;
        for (var copy = 0; copy < (later ? 2 : 1); copy++)
        {
            Interlocked.Increment(ref copies);
            await letter.CopyAsync(context, context.ReceiveContext.InputAddress);
        }

        await (later ? letter.Discard() : next.Send(context));
    }

    public void Probe(ProbeContext context) { }
}
