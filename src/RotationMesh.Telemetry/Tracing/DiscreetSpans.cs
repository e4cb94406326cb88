using System.Diagnostics;
using OpenTelemetry;

namespace RotationMesh.Telemetry.Tracing;

/// <summary>
/// Keeps what an exception says out of traces: a database's message may quote a value of a row. A span that carries one is
/// not exported; its parent, which is the mesh's own, tells that it failed and by which code.
/// </summary>
internal sealed class DiscreetSpans : BaseProcessor<Activity>
{
    private const string Databases = "Npgsql";

    public override void OnEnd(Activity data)
    {
        if (data.Source.Name != Databases || data.Status != ActivityStatusCode.Error)
            return;
        if (data.StatusDescription is not null || data.Events.Any())
            data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
    }
}
