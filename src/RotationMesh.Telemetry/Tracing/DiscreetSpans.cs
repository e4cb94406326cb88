using System.Diagnostics;
using System.Reflection;
using OpenTelemetry;

namespace RotationMesh.Telemetry.Tracing;

/// <summary>
/// Keeps what libraries say out of traces: an exception's message, a status text or a statement may quote a value of a row.
/// A span that is not the mesh's own loses its events, the text of its status, its baggage and every tag but those of
/// <see cref="KnownTags"/>. Where its events can't be taken from it, it is not exported.
/// </summary>
internal sealed class DiscreetSpans : BaseProcessor<Activity>
{
    /// <summary>The mesh's own source, which carries no message of an exception.</summary>
    private const string Own = "RotationMesh";

    // A span's events can be added to and read; the framework has no way to take one from it.
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
