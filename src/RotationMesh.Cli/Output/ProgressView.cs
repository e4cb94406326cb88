using System.Diagnostics;
using System.Globalization;
using RotationMesh.Engine;
using Spectre.Console;

namespace RotationMesh.Cli.Output;

/// <summary>Shows a running rotation: a live bar in a terminal, a plain line every few seconds elsewhere.</summary>
internal static class ProgressView
{
    private static readonly TimeSpan LiveInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(5);

    /// <summary>Follows the work to its end and returns its result.</summary>
    public static Task<T> FollowAsync<T>(IAnsiConsole console, RotationProgress progress, Task<T> work) =>
        console.Profile.Capabilities.Interactive && console.Profile.Capabilities.Ansi
            ? LiveAsync(console, progress, work)
            : LinesAsync(console, progress, work);

    private static async Task<T> LiveAsync<T>(IAnsiConsole console, RotationProgress progress, Task<T> work)
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
                var bar = context.AddTask("Checking");
                while (await Task.WhenAny(work, Task.Delay(LiveInterval)) != work)
                    Update(bar, progress, clock.Elapsed);
                Update(bar, progress, clock.Elapsed);
                bar.StopTask();
            });
        return await work;
    }

    private static void Update(ProgressTask bar, RotationProgress progress, TimeSpan elapsed)
    {
        var state = ProgressLine.Of(progress, elapsed);
        bar.IsIndeterminate = progress.Phase == "Checking";
        bar.MaxValue = Math.Max(1, progress.Pending);
        bar.Value = Math.Min(bar.MaxValue, progress.Rotated + progress.Failed);
        bar.Description = Markup.Escape(state);
    }

    private static async Task<T> LinesAsync<T>(IAnsiConsole console, RotationProgress progress, Task<T> work)
    {
        var clock = Stopwatch.StartNew();
        while (await Task.WhenAny(work, Task.Delay(LineInterval)) != work)
            console.WriteLine(ProgressLine.Of(progress, clock.Elapsed));
        return await work;
    }
}

/// <summary>A rotation's progress in one line.</summary>
internal static class ProgressLine
{
    /// <summary>Phase, rows, rate and time left.</summary>
    public static string Of(RotationProgress progress, TimeSpan elapsed)
    {
        var done = progress.Rotated + progress.Failed;
        if (progress.Phase == "Checking")
            return "Checking map, tables and keys";
        if (progress.Phase == "Counting")
            return string.Create(CultureInfo.InvariantCulture, $"Counting what is left after {done:N0} rows");
        if (progress.Phase == "Verifying")
            return string.Create(
                CultureInfo.InvariantCulture,
                $"Verifying: {progress.Verified:N0} rows decrypted"
            );
        var rate = elapsed > TimeSpan.Zero ? done / elapsed.TotalSeconds : 0;
        var left =
            rate > 0 ? TimeSpan.FromSeconds(Math.Max(0, progress.Pending - done) / rate) : (TimeSpan?)null;
        var failed =
            progress.Failed > 0
                ? string.Create(CultureInfo.InvariantCulture, $", {progress.Failed:N0} failed")
                : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"Rotating: {done:N0} of {progress.Pending:N0} rows, {rate:N0} rows/s{failed}{(left is { } time ? $", {Short(time)} left" : "")}"
        );
    }

    private static string Short(TimeSpan time) =>
        time < TimeSpan.FromMinutes(1) ? $"{time.TotalSeconds:0} s"
        : time < TimeSpan.FromHours(1) ? $"{time.TotalMinutes:0} min"
        : $"{time.TotalHours:0.0} h";
}
