using RabbitMQ.Client;

namespace RotationMesh.Mesh.Topology;

/// <summary>
/// Each attempt to connect: with the user and password of that moment, and the later the more of them failed. Whatever is
/// to be sent makes the transport try, so without the wait it would do so many times a second.
/// </summary>
internal sealed class BrokerAttempts(BrokerSource source, TimeProvider clock, CancellationToken stopping)
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    private int failed;

    /// <summary>Called by the transport before each attempt.</summary>
    public async Task PrepareAsync(ConnectionFactory factory)
    {
        var before = Interlocked.Increment(ref failed) - 1;
        if (before > 0)
            await Task.WhenAny(Task.Delay(WaitAfter(before), clock, stopping));
        var address = source.Current();
        factory.UserName = address.User;
        factory.Password = address.Password;
    }

    /// <summary>A connection is there.</summary>
    public void Succeed() => Volatile.Write(ref failed, 0);

    /// <summary>The wait after so many attempts in a row that failed.</summary>
    public static TimeSpan WaitAfter(int attempts)
    {
        var wait = First * Math.Pow(2, Math.Min(attempts, 10) - 1);
        return wait < Longest ? wait : Longest;
    }
}
