using System.Diagnostics;

namespace RotationMesh.Core.Tracing;

/// <summary>
/// The spans of this program, for OpenTelemetry to collect. Where nobody collects them none is made, and null stands for
/// it. Attributes are names of the map, ids and numbers: never a tenant, a key or a value.
/// </summary>
public static class Spans
{
    /// <summary>Name of the source, and of the meter.</summary>
    public const string SourceName = "RotationMesh";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>Whether somebody collects.</summary>
    public static bool AreCollected => Source.HasListeners();

    /// <summary>What an operator typed, from its start to its end: the root of a trace.</summary>
    public static Activity? Verb(string name) =>
        Source.StartActivity($"rotationmesh {name}", ActivityKind.Client);

    /// <summary>
    /// A step that a coordinator takes for a rotation, under the span of whoever asked for it; without that, under the one
    /// that is open.
    /// </summary>
    public static Activity? Step(string name, Guid rotationId, ActivityContext asked) =>
        Source.StartActivity(name, ActivityKind.Internal, asked)?.SetTag(SpanTags.Rotation, $"{rotationId}");

    /// <summary>A rotation that has ended, from its start on.</summary>
    public static Activity? Rotation(Guid rotationId, DateTimeOffset startedAt, ActivityContext asked) =>
        Source
            .StartActivity("rotation", ActivityKind.Internal, asked, startTime: startedAt)
            ?.SetTag(SpanTags.Rotation, $"{rotationId}");

    /// <summary>A partition with a worker.</summary>
    public static Activity? Partition(Guid rotationId, long partitionId, string scope, int attempt) =>
        Source
            .StartActivity("partition")
            ?.SetTag(SpanTags.Rotation, $"{rotationId}")
            .SetTag(SpanTags.Partition, partitionId)
            .SetTag(SpanTags.Scope, scope)
            .SetTag(SpanTags.Attempt, attempt);

    /// <summary>A batch that is written.</summary>
    public static Activity? Batch(string table, int rows) =>
        Source.StartActivity("batch")?.SetTag(SpanTags.Table, table).SetTag(SpanTags.Rows, rows);
}
