using System.Globalization;

namespace RotationMesh.Benchmarks;

/// <summary>The peak of memory of <c>rotate</c> on a table, and on one of ten times its rows and as many tenants.</summary>
internal static class MemoryBenchmark
{
    private const int Tenants = 100;
    private const int Times = 10;

    public static async Task<int> RunAsync(int rows)
    {
        await using var fixture = await SampleFixture.OpenAsync();
        Console.WriteLine("| rows | tenants | seconds | peak memory |");
        Console.WriteLine("|---:|---:|---:|---:|");
        var small = await MeasureAsync(fixture, rows);
        var large = await MeasureAsync(fixture, rows * Times);
        Console.WriteLine();
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Times} times the rows took {large / small:0.00} times the memory"
            )
        );
        return 0;
    }

    private static async Task<double> MeasureAsync(SampleFixture fixture, int rows)
    {
        await fixture.LoadAsync(rows, Tenants);
        var figures = await fixture.RotateAsync();
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"| {rows:N0} | {Tenants} | {figures.Seconds:0} | {figures.PeakMegabytes:0} MB |"
            )
        );
        return figures.PeakMegabytes;
    }
}
