using System.Diagnostics;
using System.Globalization;

namespace RotationMesh.Benchmarks;

/// <summary>Runs the built program as its users do, and measures the whole process.</summary>
internal sealed class BuiltProgram(string path, IReadOnlyDictionary<string, string> environment)
{
    /// <summary>How often the peak of memory is read; the last reading before the end counts.</summary>
    private static readonly TimeSpan ReadingInterval = TimeSpan.FromMilliseconds(20);

    /// <summary>Runs it to its end. Throws with its error output where it fails.</summary>
    public async Task<ProcessFigures> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(path, arguments)
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        var clock = Stopwatch.StartNew();
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        var peak = 0L;
        while (!process.WaitForExit(ReadingInterval))
            peak = Math.Max(peak, PeakKilobytes(process.Id));
        var seconds = clock.Elapsed.TotalSeconds;
        return process.ExitCode == 0
            ? new ProcessFigures(seconds, peak / 1024.0, await output)
            : throw new InvalidOperationException($"{path} {string.Join(' ', arguments)}: {await error}");
    }

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

/// <summary>Figures of one process from start to exit.</summary>
internal sealed record ProcessFigures(double Seconds, double PeakMegabytes, string Output);
