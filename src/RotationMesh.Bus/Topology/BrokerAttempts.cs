using RabbitMQ.Client;

namespace RotationMesh.Bus.Topology;

/// <summary>
/// Prepares each attempt to connect: with the current user and password, and after a wait that grows with the failures.
/// Every message to send makes the transport try, so without the wait it would try many times a second.
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

    /// <summary>Resets the wait: a connection is there.</summary>
    public void Succeed() => Volatile.Write(ref failed, 0);

    /// <summary>The wait after so many failed attempts in a row.</summary>
    public static TimeSpan WaitAfter(int attempts)
    {
        var wait = First * Math.Pow(2, Math.Min(attempts, 10) - 1);
        return wait < Longest ? wait : Longest;
    }
}
