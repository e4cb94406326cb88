using System.Diagnostics;
using RotationMesh.Core;
using RotationMesh.Operations.Documents;
using Spectre.Console;

namespace RotationMesh.Cli.Output;

/// <summary>Shows a running rotation: a live bar in a terminal, a plain line every few seconds elsewhere.</summary>
internal static class ProgressView
{
    private static readonly TimeSpan LiveInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(5);

    /// <summary>Shows the progress that the work reports, waits for its end, and returns its result.</summary>
    public static Task<T> FollowAsync<T>(
        IAnsiConsole console,
        Func<IProgress<ProgressDocument>, Task<T>> work
    )
    {
        var latest = new Latest();
        return console.Profile.Capabilities.Interactive && console.Profile.Capabilities.Ansi
            ? LiveAsync(console, latest, work(latest))
            : LinesAsync(console, latest, work(latest));
    }

    private static async Task<T> LiveAsync<T>(IAnsiConsole console, Latest latest, Task<T> work)
    {
        var clock = Stopwatch.StartNew();
        await console
            .Progress()
            .HideCompleted(false)
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left },
                new ProgressBarColumn(),
                new PercentageColumn()
            )
            .StartAsync(async context =>
            {
                var bar = context.AddTask(RotationState.Checking);
                while (await Task.WhenAny(work, Task.Delay(LiveInterval)) != work)
                    Update(bar, latest, clock.Elapsed);
                Update(bar, latest, clock.Elapsed);
                bar.StopTask();
            });
        return await work;
    }

    private static void Update(ProgressTask bar, Latest latest, TimeSpan elapsed)
    {
        var now = latest.Now;
        bar.IsIndeterminate = now.Phase == RotationState.Checking;
        bar.MaxValue = Math.Max(1, now.Pending);
        bar.Value = Math.Min(bar.MaxValue, now.Rotated + now.Failed);
        bar.Description = Printable.Markup(ProgressLine.Of(now, elapsed, latest.Still));
    }

    private static async Task<T> LinesAsync<T>(IAnsiConsole console, Latest latest, Task<T> work)
    {
        var clock = Stopwatch.StartNew();
        while (await Task.WhenAny(work, Task.Delay(LineInterval)) != work)
            console.Line(ProgressLine.Of(latest.Now, clock.Elapsed, latest.Still));
        return await work;
    }

    // Keeps the newest report; reports come from other threads.
    private sealed class Latest : IProgress<ProgressDocument>
    {
        private volatile ProgressDocument now = new()
        {
            Phase = RotationState.Checking,
            Pending = 0,
            Rotated = 0,
            Failed = 0,
            Verified = 0,
        };

        private long changedAt = Stopwatch.GetTimestamp();

        public ProgressDocument Now => now;

        /// <summary>Time since anything but the reason has changed.</summary>
        public TimeSpan Still => Stopwatch.GetElapsedTime(Interlocked.Read(ref changedAt));

        public void Report(ProgressDocument value)
        {
            if (value with { Reason = now.Reason } != now)
                Interlocked.Exchange(ref changedAt, Stopwatch.GetTimestamp());
            now = value;
        }
    }
}
