using System.Diagnostics;

namespace RotationMesh.Core.Tracing;

/// <summary>
/// The spans of this program, for OpenTelemetry to collect. Where nothing collects them, none is made, and the methods
/// return null. Attributes are names of the map, ids and numbers: never a tenant, a key or a value.
/// </summary>
public static class Spans
{
    /// <summary>Name of the source, and of the meter.</summary>
    public const string SourceName = "RotationMesh";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>Whether anything collects spans.</summary>
    public static bool AreCollected => Source.HasListeners();

    /// <summary>Starts the span of a verb that an operator typed: the root of a trace.</summary>
    public static Activity? Verb(string name) =>
        Source.StartActivity($"rotationmesh {name}", ActivityKind.Client);

    /// <summary>
    /// Starts the span of a step that a coordinator takes for a rotation. Its parent is <paramref name="asked"/>, the
    /// span in which the rotation was asked for; without one, the current span.
    /// </summary>
    public static Activity? Step(string name, Guid rotationId, ActivityContext asked) =>
        Source.StartActivity(name, ActivityKind.Internal, asked)?.SetTag(SpanTags.Rotation, $"{rotationId}");

    /// <summary>Starts the span of a rotation that has ended, with its start time.</summary>
    public static Activity? Rotation(Guid rotationId, DateTimeOffset startedAt, ActivityContext asked) =>
        Source
            .StartActivity("rotation", ActivityKind.Internal, asked, startTime: startedAt)
            ?.SetTag(SpanTags.Rotation, $"{rotationId}");

    /// <summary>Starts the span of a partition that a worker rewrites or reads.</summary>
    public static Activity? Partition(Guid rotationId, long partitionId, string scope, int attempt) =>
        Source
            .StartActivity("partition")
            ?.SetTag(SpanTags.Rotation, $"{rotationId}")
            .SetTag(SpanTags.Partition, partitionId)
            .SetTag(SpanTags.Scope, scope)
            .SetTag(SpanTags.Attempt, attempt);

    /// <summary>Starts the span of a batch that is written.</summary>
    public static Activity? Batch(string table, int rows) =>
        Source.StartActivity("batch")?.SetTag(SpanTags.Table, table).SetTag(SpanTags.Rows, rows);
}
