using System.Diagnostics;
using RotationMesh.Core;
using RotationMesh.LocalOperations;
using RotationMesh.LocalOperations.Records;

namespace RotationMesh.Embedding;

/// <summary>
/// Finds out why an embedded rotation stands still, from before its start to its end, and shows the reason meanwhile.
/// </summary>
internal sealed class ProgressWatch : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Time between two searches for the reason, which query the servers.</summary>
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(3);

    private readonly RotationProgress progress;
    private readonly Standstill standstill;
    private readonly IReadOnlyList<string> databases;
    private readonly CancellationTokenSource end = new();
    private readonly Task watching;

    /// <summary>Begins to watch a rotation of these databases.</summary>
    public ProgressWatch(RotationProgress progress, Standstill standstill, IEnumerable<string> databases)
    {
        (this.progress, this.standstill, this.databases) = (progress, standstill, [.. databases.Distinct()]);
        watching = Task.Run(WatchAsync);
    }

    // A rotation that waits for an operator says so itself.
    private bool IsToGoOn => !RotationState.AwaitsSomebody(progress.Phase);

    private (string, long, long, long, long) Now =>
        (progress.Phase, progress.Rotated, progress.Failed, progress.Conflicts, progress.Verified);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        await watching;
        end.Dispose();
        progress.Waiting = null;
    }

    private async Task WatchAsync()
    {
        try
        {
            using var timer = new PeriodicTimer(Interval);
            var (last, since) = (Now, Stopwatch.GetTimestamp());
            long? asked = null;
            while (await timer.WaitForNextTickAsync(end.Token))
            {
                if (Now != last || !IsToGoOn)
                    (last, since) = (Now, Stopwatch.GetTimestamp());
                if (Stopwatch.GetElapsedTime(since) < Standstill.Longest)
                    progress.Waiting = null;
                else if (asked is not { } at || Stopwatch.GetElapsedTime(at) >= AskAgain)
                {
                    asked = Stopwatch.GetTimestamp();
                    progress.Waiting = await standstill.FindAsync(progress.RotationId, databases, end.Token);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // It has ended.
        }
        catch (Exception)
        {
            progress.Waiting = null; // this watch only informs, so its fault ends no rotation
        }
    }
}
