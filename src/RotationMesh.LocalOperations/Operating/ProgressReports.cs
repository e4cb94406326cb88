using RotationMesh.LocalOperations.Records;
using RotationMesh.Operations.Documents;

namespace RotationMesh.LocalOperations.Operating;

/// <summary>Reports the progress of work, several times a second while it lasts.</summary>
public static class ProgressReports
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    /// <summary>Runs the work to its end and returns its result.</summary>
    public static async Task<T> WhileAsync<T>(
        IProgress<ProgressDocument> progress,
        Func<RotationProgress, Task<T>> work
    )
    {
        ArgumentNullException.ThrowIfNull(progress);
        ArgumentNullException.ThrowIfNull(work);
        var now = new RotationProgress();
        var running = work(now);
        while (await Task.WhenAny(running, Task.Delay(Interval)) != running)
            progress.Report(Of(now));
        return await running;
    }

    private static ProgressDocument Of(RotationProgress now) =>
        new()
        {
            Phase = now.Phase,
            Pending = now.Pending,
            Rotated = now.Rotated,
            Failed = now.Failed,
            Verified = now.Verified,
            Reason = Standstill.Joined(now.Reason, now.Waiting),
        };
}
