using System.Globalization;

namespace RotationMesh.Benchmarks;

/// <summary>The peak of memory of <c>rotate</c> on a table, and on one of ten times its rows and as many tenants.</summary>
internal static class MemoryBenchmark
{
    private const int Tenants = 100;
    private const int Times = 10;

    public static async Task<int> RunAsync(int rows)
    {
        await using var stage = await SampleStage.OpenAsync();
        Console.WriteLine("| rows | tenants | seconds | peak memory |");
        Console.WriteLine("|---:|---:|---:|---:|");
        var small = await MeasureAsync(stage, rows);
        var large = await MeasureAsync(stage, rows * Times);
        Console.WriteLine();
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Times} times the rows took {large / small:0.00} times the memory"
            )
        );
        return 0;
    }

    private static async Task<double> MeasureAsync(SampleStage stage, int rows)
    {
        await stage.LoadAsync(rows, Tenants);
        var figures = await stage.RotateAsync();
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"| {rows:N0} | {Tenants} | {figures.Seconds:0} | {figures.PeakMegabytes:0} MB |"
            )
        );
        return figures.PeakMegabytes;
    }
}
