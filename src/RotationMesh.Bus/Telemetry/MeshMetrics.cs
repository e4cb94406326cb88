using System.Diagnostics.Metrics;

namespace RotationMesh.Bus.Telemetry;

/// <summary>
/// The metrics of the mesh. Their names are our own and follow the semantic conventions of OpenTelemetry. Attributes are
/// names of the map, states and error classes: never a tenant, a key or a value.
/// </summary>
internal static class MeshMetrics
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "RotationMesh";

    /// <summary>Phase of a row that is rewritten.</summary>
    public const string Rotating = "rotate";

    /// <summary>Phase of a row that is decrypted again.</summary>
    public const string Verifying = "verify";

    private static readonly Meter Meter = new(MeterName);

    private static readonly Counter<long> Rotated = Meter.CreateCounter<long>(
        "rotationmesh.rows.rotated",
        "{row}",
        "Rows written under the target version"
    );

    private static readonly Counter<long> Verified = Meter.CreateCounter<long>(
        "rotationmesh.rows.verified",
        "{row}",
        "Rows that verification decrypted"
    );

    private static readonly Counter<long> Failed = Meter.CreateCounter<long>(
        "rotationmesh.rows.failed",
        "{row}",
        "Rows that stay as they are, or that verification can't decrypt, by error class"
    );

    private static readonly Counter<long> Conflicts = Meter.CreateCounter<long>(
        "rotationmesh.rows.conflicts",
        "{row}",
        "Rows that changed between reading and writing, and were read again"
    );

    private static readonly Counter<long> Partitions = Meter.CreateCounter<long>(
        "rotationmesh.partitions",
        "{partition}",
        "Partitions that a worker ended, by outcome"
    );

    private static readonly Histogram<double> PartitionDuration = Meter.CreateHistogram<double>(
        "rotationmesh.partition.duration",
        "s",
        "Time that a worker was at a partition",
        advice: new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
        }
    );

    private static readonly Counter<long> DeadLetters = Meter.CreateCounter<long>(
        "rotationmesh.messages.dead_lettered",
        "{message}",
        "Messages that no consumer could handle, by queue"
    );

    private static readonly Counter<long> Dropped = Meter.CreateCounter<long>(
        "rotationmesh.messages.dropped",
        "{message}",
        "Messages, or rows of one, that were not heeded, by queue and cause"
    );

    /// <summary>Counts the rows of a batch, or of a step that counts its conflicts.</summary>
    public static void CountRows(long rotated, long conflicts)
    {
        Rotated.Add(rotated);
        Conflicts.Add(conflicts);
    }

    /// <summary>Counts rows whose values verification has decrypted.</summary>
    public static void CountVerified(long rows) => Verified.Add(rows);

    /// <summary>Counts a row that was left as it is, or that does not decrypt.</summary>
    public static void CountFailure(string table, string error, string phase) =>
        Failed.Add(
            1,
            new("rotationmesh.table", table),
            new("error.type", error),
            new("rotationmesh.phase", phase)
        );

    /// <summary>Counts a partition that has ended, by its outcome, and records its duration.</summary>
    public static void CountPartition(string scope, string outcome, TimeSpan elapsed)
    {
        var attributes = new KeyValuePair<string, object?>[]
        {
            new("rotationmesh.scope", scope),
            new("rotationmesh.outcome", outcome),
        };
        Partitions.Add(1, attributes);
        PartitionDuration.Record(elapsed.TotalSeconds, attributes);
    }

    /// <summary>Counts a message, or a part of one, that was dropped.</summary>
    public static void CountDropped(string queue, string cause) =>
        Dropped.Add(1, new("messaging.destination.name", queue), new("rotationmesh.cause", cause));

    /// <summary>Counts a message that became a dead letter.</summary>
    public static void CountDeadLetter(string queue) =>
        DeadLetters.Add(1, new KeyValuePair<string, object?>("messaging.destination.name", queue));

    /// <summary>
    /// Registers gauges of what the ledger holds. They are read at each collection of metrics; the coordinator supplies the
    /// values.
    /// </summary>
    public static void ObserveLedger(
        Func<IEnumerable<Measurement<long>>> partitions,
        Func<int> window,
        Func<IEnumerable<Measurement<long>>> gates,
        Func<IEnumerable<Measurement<long>>> states,
        Func<IEnumerable<Measurement<long>>> idle
    )
    {
        Meter.CreateObservableGauge(
            "rotationmesh.ledger.partitions",
            partitions,
            "{partition}",
            "Partitions of the passes under way, by rotation and state"
        );
        Meter.CreateObservableGauge(
            "rotationmesh.dispatch.window",
            window,
            "{partition}",
            "Partitions of a rotation that may be with workers at a time"
        );
        Meter.CreateObservableGauge(
            "rotationmesh.gates.holding",
            gates,
            "1",
            "Whether the gates of a rotation hold: 1, or 0 while it waits for them"
        );
        Meter.CreateObservableGauge(
            "rotationmesh.rotation.state",
            states,
            "{rotation}",
            "Rotations that are under way or ended within a day: 1 each, with the state as an attribute"
        );
        Meter.CreateObservableGauge(
            "rotationmesh.rotation.idle",
            idle,
            "s",
            "Time since this coordinator saw a rotation make progress; none while it may make none"
        );
    }

    /// <summary>Registers the gauges of how this process stands with RabbitMQ, which are read at each collection.</summary>
    public static void Observe(BrokerGauge broker)
    {
        Meter.CreateObservableGauge(
            "rotationmesh.broker.usable",
            broker.Usable,
            "1",
            "Whether this process has joined, has its queues, and RabbitMQ takes its messages: 1, or 0"
        );
        Meter.CreateObservableGauge(
            "rotationmesh.broker.trouble",
            broker.Troubles,
            "1",
            "Whether this process has trouble with RabbitMQ, by cause: 1, or 0"
        );
    }
}
