using System.Collections.Concurrent;
using System.Diagnostics;
using RotationMesh.Control;
using RotationMesh.Control.Rotations;
using RotationMesh.Core.Tracing;

namespace RotationMesh.Coordination;

/// <summary>
/// The traces in which rotations were asked for. What a coordinator does on its own, and not on a message, continues the
/// trace: whoever asked sees all of the rotation, whichever process did it.
/// </summary>
internal sealed class AskedTraces(ControlDatabase control)
{
    private readonly ConcurrentDictionary<Guid, ActivityContext> known = new();

    /// <summary>
    /// The span of whoever asked; none where nobody collects, or where a process runs its own rotation: its span is open.
    /// </summary>
    public async ValueTask<ActivityContext> FindAsync(Guid rotationId, CancellationToken cancellationToken)
    {
        if (!Spans.AreCollected)
            return default;
        if (known.TryGetValue(rotationId, out var context))
            return context;
        var asked = await new RequestStore(control).FindStartAsync(rotationId, cancellationToken);
        return known[rotationId] = Read(asked?.TraceParent);
    }

    /// <summary>Reports the span of a rotation that ends: a span is reported when it ends.</summary>
    public async Task ReportAsync(
        Guid rotationId,
        DateTime startedAt,
        string outcome,
        CancellationToken cancellationToken
    )
    {
        var asked = await FindAsync(rotationId, cancellationToken);
        if (!Spans.AreCollected)
            return;
        using var span = Spans.Rotation(rotationId, startedAt, asked);
        span?.SetTag(SpanTags.Outcome, outcome);
    }

    /// <summary>Forgets the rotations that are over.</summary>
    public void KeepOnly(IEnumerable<Guid> running)
    {
        foreach (var over in known.Keys.Except(running))
            known.TryRemove(over, out _);
    }

    /// <summary>The span that a W3C traceparent names; none where it is no such thing.</summary>
    public static ActivityContext Read(string? traceParent) =>
        ActivityContext.TryParse(traceParent, null, isRemote: true, out var context) ? context : default;
}
