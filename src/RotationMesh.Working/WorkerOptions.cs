using RotationMesh.Core;

namespace RotationMesh.Working;

/// <summary>How a worker works.</summary>
public sealed record WorkerOptions
{
    /// <summary>Most partitions at once; more would take more connections than most servers have, without more speed.</summary>
    public const int MaxConcurrency = 256;

    /// <summary>
    /// Partitions run at once, of both queues, 1 to <see cref="MaxConcurrency"/>. Default: one per processor, as encryption
    /// fills it.
    /// </summary>
    public int Concurrency { get; init; } = Math.Min(Environment.ProcessorCount, MaxConcurrency);

    /// <summary>
    /// Partitions prefetched and not yet begun. The default value is the concurrency: the next one is ready, and no
    /// more are withheld from other workers.
    /// </summary>
    public int? Ahead { get; init; }

    /// <summary>Name that results carry. The default is host and process.</summary>
    public string Name { get; init; } = $"{Environment.MachineName}/{Environment.ProcessId}";

    /// <summary>
    /// Time between two heartbeats of a partition. The default value is 4 seconds: two may be lost before the
    /// coordinator assumes that messages were lost, and most partitions are done sooner.
    /// </summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>
    /// Wait before a partition is refused. The default value is one second: meanwhile the slot takes no other
    /// partition, so most go to workers that accept them.
    /// </summary>
    public TimeSpan RefusalPause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Longest time from a message's delivery until its partition is returned; the rest becomes a partition of its own.
    /// The default value is 14 minutes: RabbitMQ takes back what is not acknowledged for 30 (consumer_timeout).
    /// </summary>
    public TimeSpan LongestAttempt { get; init; } = TimeSpan.FromMinutes(14);

    /// <summary>Called for each written batch, so that a process can show its own progress.</summary>
    public Action<RowCounts> Rotated { get; init; } = _ => { };

    /// <summary>Called with the number of rows that verification has read.</summary>
    public Action<long> Verified { get; init; } = _ => { };

    /// <summary>
    /// Checks that a worker can work so. Throws <see cref="ArgumentOutOfRangeException"/>, or <see cref="ArgumentException"/>
    /// for an empty name, with the name of the first option that is out of its bounds.
    /// </summary>
    public void EnsureValid()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Concurrency, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Concurrency, MaxConcurrency);
        if (Ahead is { } ahead)
            ArgumentOutOfRangeException.ThrowIfNegative(ahead, nameof(Ahead));
        ArgumentException.ThrowIfNullOrWhiteSpace(Name);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(Heartbeat, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(RefusalPause, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(LongestAttempt, TimeSpan.Zero);
    }

    internal int Prefetch => Concurrency + (Ahead ?? Concurrency);
}
