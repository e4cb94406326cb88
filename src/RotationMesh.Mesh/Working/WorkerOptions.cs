using RotationMesh.Postgres.Target.Rows;

namespace RotationMesh.Mesh.Working;

/// <summary>How a worker works.</summary>
public sealed record WorkerOptions
{
    /// <summary>Partitions at a time, of both queues together. The default value is the number of processors, which encryption can fill.</summary>
    public int Concurrency { get; init; } = Environment.ProcessorCount;

    /// <summary>
    /// Partitions fetched and not yet begun. The default value is the concurrency: the next one is at hand, and no more
    /// are kept from other workers.
    /// </summary>
    public int? Ahead { get; init; }

    /// <summary>Name that results carry. The default is host and process.</summary>
    public string Name { get; init; } = $"{Environment.MachineName}/{Environment.ProcessId}";

    /// <summary>
    /// Time between two signs of life during a partition. The default value is 4 seconds: two may be lost before the
    /// coordinator takes the silence for lost messages, and most partitions are done sooner.
    /// </summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>
    /// Wait before a partition is refused. The default value is one second: meanwhile the slot takes no other partition,
    /// so most go to workers that may have them.
    /// </summary>
    public TimeSpan RefusalPause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Longest time until a partition is given back, from when its message was fetched: what is left of it is a partition of
    /// its own. The default value is 14 minutes: RabbitMQ takes back what is not acknowledged for 30 (consumer_timeout).
    /// </summary>
    public TimeSpan LongestAttempt { get; init; } = TimeSpan.FromMinutes(14);

    /// <summary>Hears of each batch that was written; for a process that shows its own progress.</summary>
    public Action<PartitionOutcome> Rotated { get; init; } = _ => { };

    /// <summary>Hears of rows that were decrypted.</summary>
    public Action<long> Verified { get; init; } = _ => { };

    internal int Prefetch => Concurrency + (Ahead ?? Concurrency);
}
