using System.Globalization;
using RotationMesh.Core;
using RotationMesh.Operations.Documents;

namespace RotationMesh.Cli.Output;

/// <summary>Describes a rotation's progress in one line.</summary>
internal static class ProgressLine
{
    /// <summary>Time without progress after which the line shows no estimate of the time left.</summary>
    private static readonly TimeSpan Still = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Returns phase, rows, rate and, while rows are rotated, the time left. <paramref name="still"/> is the time since the
    /// last change.
    /// </summary>
    public static string Of(ProgressDocument now, TimeSpan elapsed, TimeSpan still)
    {
        var done = now.Rotated + now.Failed;
        var held = now.Reason is { } told ? $"; {told}" : "";
        if (now.Phase == RotationState.Checking)
            return now.Reason is { } awaited ? $"Checking: {awaited}" : "Checking map, tables and keys";
        if (RotationState.AwaitsSomebody(now.Phase))
            return now.Reason is { } reason ? $"{now.Phase}: {reason}" : now.Phase;
        if (now.Phase == RotationState.Cancelled)
            return $"Cancelled: partitions in hand still end{held}";
        if (now.Phase == RotationState.Verifying)
            return string.Create(
                CultureInfo.InvariantCulture,
                $"Verifying: {now.Verified:N0} rows read again{held}"
            );
        var rate = elapsed > TimeSpan.Zero ? done / elapsed.TotalSeconds : 0;
        var goesOn = rate > 0 && held.Length == 0 && still < Still;
        var left = goesOn ? TimeSpan.FromSeconds(Math.Max(0, now.Pending - done) / rate) : (TimeSpan?)null;
        var failed =
            now.Failed > 0 ? string.Create(CultureInfo.InvariantCulture, $", {now.Failed:N0} failed") : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"Rotating: {done:N0} of {now.Pending:N0} rows, {rate:N0} rows/s{failed}{(left is { } time ? $", {Short(time)} left" : "")}{held}"
        );
    }

    private static string Short(TimeSpan time) =>
        time < TimeSpan.FromMinutes(1) ? $"{time.TotalSeconds:0} s"
        : time < TimeSpan.FromHours(1) ? $"{time.TotalMinutes:0} min"
        : $"{time.TotalHours:0.0} h";
}
