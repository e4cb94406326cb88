using System.Globalization;
using RotationMesh.Core;

namespace RotationMesh.Cli.Output;

/// <summary>Describes a rotation's progress in one line.</summary>
internal static class ProgressLine
{
    /// <summary>Time without progress after which the line shows no estimate of the time left.</summary>
    private static readonly TimeSpan Still = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Returns phase, rows and, while rows are rotated, rate and time left by what was seen until <paramref name="at"/>.
    /// </summary>
    public static string Of(ObservedProgress seen, TimeSpan at)
    {
        var now = seen.Now;
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
        var rate = seen.RateAt(at);
        var goesOn = rate > 0 && held.Length == 0 && at - seen.ChangedAt < Still;
        var left = goesOn ? Math.Max(0, now.Pending - seen.Done) / rate : null;
        var speed = rate is { } known
            ? string.Create(CultureInfo.InvariantCulture, $", {known:N0} rows/s")
            : "";
        var failed =
            now.Failed > 0 ? string.Create(CultureInfo.InvariantCulture, $", {now.Failed:N0} failed") : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"Rotating: {seen.Done:N0} of {now.Pending:N0} rows{speed}{failed}{(left is { } seconds ? $", {Short(TimeSpan.FromSeconds(seconds))} left" : "")}{held}"
        );
    }

    private static string Short(TimeSpan time) =>
        time < TimeSpan.FromMinutes(1) ? $"{time.TotalSeconds:0} s"
        : time < TimeSpan.FromHours(1) ? $"{time.TotalMinutes:0} min"
        : $"{time.TotalHours:0.0} h";
}
