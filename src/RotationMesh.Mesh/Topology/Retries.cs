using MassTransit;

namespace RotationMesh.Mesh.Topology;

/// <summary>How often a message is tried again before it goes to the queue of errors.</summary>
internal static class Retries
{
    private const int Tries = 8;

    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(500);

    /// <summary>Some twenty seconds altogether, the time of a restart; what is given up then, a nudge or a lease repeats.</summary>
    public static void OfTheControlDatabase(IRetryConfigurator retry)
    {
        retry.Ignore<SendTimeoutException>(); // has waited for longer than that, and its channel is most likely lost
        retry.Exponential(Tries, First, Longest, Step);
    }
}
