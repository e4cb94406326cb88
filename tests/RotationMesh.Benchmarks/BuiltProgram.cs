using System.Diagnostics;
using System.Globalization;

namespace RotationMesh.Benchmarks;

/// <summary>Runs the built program as its users do, and measures the whole process.</summary>
internal sealed class BuiltProgram(string path, IReadOnlyDictionary<string, string> environment)
{
    /// <summary>How often the peak of memory is read; the last reading before the end counts.</summary>
    private static readonly TimeSpan ReadingInterval = TimeSpan.FromMilliseconds(20);

    /// <summary>Runs it to its end. Throws with its error output where it fails.</summary>
    public Task<ProcessFigures> RunAsync(params string[] arguments) => RunAsync(_ => { }, arguments);

    /// <summary>
    /// As <see cref="RunAsync(string[])"/>; <paramref name="started"/> is called with the process's id. No other child of
    /// this process may end meanwhile: its processor time would count as well.
    /// </summary>
    public async Task<ProcessFigures> RunAsync(Action<int> started, string[] arguments)
    {
        var start = new ProcessStartInfo(path, arguments)
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        var processor = ChildrenSeconds();
        var clock = Stopwatch.StartNew();
        using var process = Process.Start(start)!;
        started(process.Id);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        var peak = 0L;
        while (!process.WaitForExit(ReadingInterval))
            peak = Math.Max(peak, PeakKilobytes(process.Id));
        var seconds = clock.Elapsed.TotalSeconds;
        return process.ExitCode == 0
            ? new ProcessFigures(seconds, ChildrenSeconds() - processor, peak / 1024.0, await output)
            : throw new InvalidOperationException($"{path} {string.Join(' ', arguments)}: {await error}");
    }

    // Of a process that has ended nothing is left but what its parent was told.
    private static double ChildrenSeconds() =>
        (ProcessTimes.TryRead(Environment.ProcessId)?.ChildrenTicks ?? 0) / ProcessTimes.TicksPerSecond;

    private static long PeakKilobytes(int process)
    {
        try
        {
            var line = File.ReadLines($"/proc/{process}/status")
                .FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null
                ? 0
                : long.Parse(
                    line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
                    CultureInfo.InvariantCulture
                );
        }
        catch (IOException)
        {
            return 0; // it has just ended
        }
    }
}

/// <summary>Figures of one process from start to exit; its processor time has that of its own children in it.</summary>
internal sealed record ProcessFigures(
    double Seconds,
    double ProcessorSeconds,
    double PeakMegabytes,
    string Output
);
