using MassTransit;
using RotationMesh.Bus;

namespace RotationMesh.Coordination;

/// <summary>Limits how often a message is retried before it is given up.</summary>
internal static class Retries
{
    private const int Tries = 8;

    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(500);

    /// <summary>Some twenty seconds in all, the time of a restart; after that, a nudge or a lease repeats it.</summary>
    public static void OfTheControlDatabase(IRetryConfigurator retry)
    {
        retry.Ignore<SendTimeoutException>(); // has waited for longer than that, and its channel is most likely lost
        retry.Exponential(Tries, First, Longest, Step);
    }
}
