using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace RotationMesh.Bus.Telemetry;

/// <summary>
/// Counts dropped messages and logs them: at once for each queue and cause, and then at most once a minute, so that their
/// sender can't fill a disk with logs.
/// </summary>
internal sealed class DroppedMessages(TimeProvider clock, ILogger<DroppedMessages> log)
{
    private static readonly TimeSpan Again = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<(string Queue, string Cause), long> told = [];

    /// <summary>
    /// Counts a dropped message, or a part of one. The causes are fixed in the program, so there are few of them.
    /// </summary>
    public void Drop(string queue, string cause)
    {
        MeshMetrics.CountDropped(queue, cause);
        var now = clock.GetTimestamp();
        var last = told.GetOrAdd((queue, cause), long.MinValue);
        if (last != long.MinValue && clock.GetElapsedTime(last, now) < Again)
            return;
        if (told.TryUpdate((queue, cause), now, last))
            MeshLog.Dropped(log, queue, cause);
    }
}
