using System.Diagnostics;
using System.Reflection;
using OpenTelemetry;

namespace RotationMesh.Telemetry.Tracing;

/// <summary>
/// Keeps the texts of libraries out of traces: an exception's message, a status text or a statement may quote a value of a
/// row. It removes from each span of another source the events, the status text, and every tag but those of
/// <see cref="KnownTags"/>. A span whose events or status text can't be removed is not exported.
/// </summary>
internal sealed class DiscreetSpans : BaseProcessor<Activity>
{
    /// <summary>The mesh's own source, whose spans hold no message of an exception.</summary>
    private const string Own = "RotationMesh";

    // The framework can add and read a span's events, but has no method to remove them.
    private static readonly FieldInfo? Events = typeof(Activity).GetField(
        "_events",
        BindingFlags.Instance | BindingFlags.NonPublic
    );

    public override void OnEnd(Activity data)
    {
        if (data.Source.Name == Own)
            return;
        if (data.StatusDescription is not null)
            data.SetStatus(data.Status);
        foreach (
            var tag in data.TagObjects.Select(tag => tag.Key).Where(key => !KnownTags.Hold(key)).ToList()
        )
            data.SetTag(tag, null);
        if (data.Events.Any())
            Events?.SetValue(data, null);
        if (data.Events.Any() || data.StatusDescription is not null)
            data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
    }
}
