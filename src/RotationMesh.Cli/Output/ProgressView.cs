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
                    Update(bar, latest);
                Update(bar, latest);
                bar.StopTask();
            });
        return await work;
    }

    private static void Update(ProgressTask bar, Latest latest)
    {
        var seen = latest.Seen;
        bar.IsIndeterminate = seen.Now.Phase == RotationState.Checking;
        bar.MaxValue = Math.Max(1, seen.Now.Pending);
        bar.Value = Math.Min(bar.MaxValue, seen.Done);
        bar.Description = Printable.Markup(ProgressLine.Of(seen, latest.Elapsed));
    }

    private static async Task<T> LinesAsync<T>(IAnsiConsole console, Latest latest, Task<T> work)
    {
        while (await Task.WhenAny(work, Task.Delay(LineInterval)) != work)
            console.Line(ProgressLine.Of(latest.Seen, latest.Elapsed));
        return await work;
    }

    // Keeps what was seen last; reports come from other threads.
    private sealed class Latest : IProgress<ProgressDocument>
    {
        private static readonly ProgressDocument Nothing = new()
        {
            Phase = RotationState.Checking,
            Pending = 0,
            Rotated = 0,
            Failed = 0,
            Verified = 0,
        };

        private readonly Stopwatch clock = Stopwatch.StartNew();
        private volatile ObservedProgress? seen;

        public TimeSpan Elapsed => clock.Elapsed;

        public ObservedProgress Seen => seen ?? ObservedProgress.First(Nothing, TimeSpan.Zero);

        public void Report(ProgressDocument value) =>
            seen = seen?.Next(value, Elapsed) ?? ObservedProgress.First(value, Elapsed);
    }
}
