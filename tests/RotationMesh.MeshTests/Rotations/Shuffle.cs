using MassTransit;

namespace RotationMesh.MeshTests.Rotations;

/// <summary>Every message is handled now and once more behind all others, or twice behind all others.</summary>
internal sealed class Shuffle<T> : IFilter<ConsumeContext<T>>
    where T : class
{
    private const string Mark = "copy";

    private static bool IsBatch =>
        typeof(T).IsGenericType && typeof(T).GetGenericTypeDefinition() == typeof(Batch<>);

    public async Task Send(ConsumeContext<T> context, IPipe<ConsumeContext<T>> next)
    {
        if (IsBatch || context.Headers.Get<bool>(Mark) is true)
        {
            await next.Send(context);
            return;
        }

        var later = Random.Shared.Next(2) == 0;
        var queue = await context.GetSendEndpoint(context.ReceiveContext.InputAddress);
        for (var copy = 0; copy < (later ? 2 : 1); copy++)
        {
            Shuffle.Count();
            await queue.Send(context.Message, sent => sent.Headers.Set(Mark, true));
        }

        if (!later)
            await next.Send(context);
    }

    public void Probe(ProbeContext context) { }
}

/// <summary>How many messages were copied.</summary>
internal static class Shuffle
{
    private static int copies;

    public static int Copies => copies;

    public static void Count() => Interlocked.Increment(ref copies);
}
