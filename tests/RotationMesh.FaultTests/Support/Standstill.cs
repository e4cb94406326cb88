using System.Diagnostics;
using RotationMesh.TestKit;

namespace RotationMesh.FaultTests.Support;

/// <summary>
/// Watches a rotation from its first row to its last, and knows the longest time in which no row was rotated: what its
/// users notice of a fault.
/// </summary>
internal sealed class Standstill : IAsyncDisposable
{
    // The goal is 15 seconds; more than this is no recovery but luck.
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(60);

    // The deadlines of workers that did not answer (45 s) are waited for.
    private static readonly TimeSpan Deadlines = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly CancellationTokenSource ended = new();
    private readonly Task watching;
    private long last = Stopwatch.GetTimestamp();

    /// <summary>
    /// <paramref name="rotated"/> tells the rows so far, less than 0 while the database is away. <paramref name="start"/> is
    /// what the processes took from their start to the first row, a measure of how busy the machine is: a fault may cost
    /// twice as much, and what a quiet machine allows.
    /// </summary>
    public Standstill(Func<Task<long>> rotated, long all, TimeSpan start)
    {
        Bound = Recovery + (2 * start);
        watching = WatchAsync(rotated, all);
    }

    /// <summary>Longest time that <see cref="Longest"/> may be.</summary>
    public TimeSpan Bound { get; }

    /// <summary>The same from the last row to the end.</summary>
    public TimeSpan Ending => Bound + Deadlines;

    public TimeSpan Longest { get; private set; }

    /// <summary>Time since the last row was rotated; what comes after it is counting and verifying.</summary>
    public TimeSpan SinceTheLast => Stopwatch.GetElapsedTime(last);

    public async ValueTask DisposeAsync()
    {
        await ended.CancelAsync();
        await watching;
        ended.Dispose();
    }

    private async Task WatchAsync(Func<Task<long>> rotated, long all)
    {
        var rows = 0L;
        var pause = new PollPause(Interval);
        while (rows < all && !ended.IsCancellationRequested)
        {
            var now = await rotated();
            if (now > rows)
            {
                (rows, last) = (now, Stopwatch.GetTimestamp());
            }
            else if (SinceTheLast is var standing && standing > Longest)
            {
                Longest = standing;
            }

            await pause.WaitAsync();
        }
    }
}
