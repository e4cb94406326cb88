namespace RotationMesh.Control.Ledger;

/// <summary>How long a dispatched partition is waited for, and how often one is tried again.</summary>
public sealed record LedgerRules
{
    /// <summary>
    /// Time that a worker has for a partition before another gets it; each heartbeat begins it anew. The default value is 60
    /// seconds: some ten times what a partition takes, queueing included.
    /// </summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Time in which an attempt at a partition may write, by the clock of its database. A worker that needs longer gives the
    /// partition back, and the next attempt has twice as long. The default value is 45 seconds: shorter than the lease, so
    /// that once the lease of a first attempt has expired, its write deadline has passed.
    /// </summary>
    public TimeSpan WriteTime { get; init; } = TimeSpan.FromSeconds(45);

    /// <summary>
    /// Longest time to write, however often it was too short: a rotation waits so long for a worker that froze. The default
    /// value is 14 minutes: RabbitMQ takes a message back that is not acknowledged for 30 (consumer_timeout), and a
    /// partition may have waited for another before it is begun.
    /// </summary>
    public TimeSpan LongestWriteTime { get; init; } = TimeSpan.FromMinutes(14);

    /// <summary>
    /// Time without a result or a heartbeat for any partition of a rotation, after which all dispatched partitions are sent
    /// again: their messages are lost, or nobody works. It doubles each time that this does not help. The default value is
    /// 10 seconds: two heartbeats may be lost.
    /// </summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Transient failures of a partition after which it counts as failed. The default value is 6.</summary>
    public int MaxFailures { get; init; } = 6;

    /// <summary>
    /// Number of leases of a partition that may expire; one more and it counts as failed. The default value is 10: workers
    /// die for reasons of their own more often than of a partition that kills them.
    /// </summary>
    public int MaxExpiries { get; init; } = 10;

    /// <summary>
    /// Number of attempts to read a partition whose time may end before they have read any part of it; each further one counts
    /// as a failure. The default value is 8: each attempt reads smaller parts than the one before.
    /// </summary>
    public int MaxCutShort { get; init; } = 8;

    /// <summary>Wait after the first transient failure; it doubles with each. The default value is one second.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest wait between two tries. The default value is one minute.</summary>
    public TimeSpan LongestDelay { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Checks that the rules can be met and fit each other. Throws <see cref="ArgumentOutOfRangeException"/> with the name of
    /// the first that does not.
    /// </summary>
    public void EnsureValid()
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(StallTimeout, TimeSpan.Zero);
        // Silence is told from the lease that is left: one that ends first tells nothing.
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(Lease, StallTimeout);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(WriteTime, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(LongestWriteTime, WriteTime);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxFailures, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(MaxExpiries);
        ArgumentOutOfRangeException.ThrowIfNegative(MaxCutShort);
        ArgumentOutOfRangeException.ThrowIfLessThan(FirstDelay, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(LongestDelay, FirstDelay);
    }

    /// <summary>
    /// Returns the wait after a transient failure: between half of the doubled wait and all of it, so that partitions that
    /// failed together, because their database was away, do not come back together.
    /// </summary>
    /// <param name="failure">Number of the failure, from 1.</param>
    /// <param name="chance">From 0 up to 1.</param>
    public TimeSpan DelayAfter(int failure, double chance)
    {
        var doubled = FirstDelay.TotalSeconds * Math.Pow(2, failure - 1);
        return TimeSpan.FromSeconds(Math.Min(doubled, LongestDelay.TotalSeconds) * (0.5 + (chance / 2)));
    }
}
