using System.Globalization;

namespace RotationMesh.Benchmarks;

/// <summary>
/// The program against its ceiling in the same run: how fast <c>rotate</c> rewrites a table, and how fast the database
/// rewrites it alone. Prints a Markdown table with medians, and how the layouts compare.
/// </summary>
internal static class ThroughputBenchmark
{
    /// <summary>Rows/s of the script that RotationMesh replaces, median on 2 cores.</summary>
    private const double ReplacedScript = 740;

    public static async Task<int> RunAsync(ThroughputOptions options)
    {
        await using var fixture = await SampleFixture.OpenAsync();
        Console.WriteLine(
            "| rows | tenants | ceiling, rows/s | rotate, rows/s | share | times the script | peak memory |"
        );
        Console.WriteLine("|---:|---:|---:|---:|---:|---:|---:|");
        var shares = new List<double>();
        foreach (var tenants in options.Layouts)
            shares.Add(await MeasureAsync(options, fixture, tenants));
        Console.WriteLine();
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"share of the first layout: {shares[0]:0.00}; the least of all is {shares.Min() / shares[0]:0.00} of it"
            )
        );
        return 0;
    }

    /// <summary>Median share of the ceiling.</summary>
    private static async Task<double> MeasureAsync(
        ThroughputOptions options,
        SampleFixture fixture,
        int tenants
    )
    {
        await fixture.LoadAsync(options.Rows, tenants);
        var ceilings = new List<double>();
        var rates = new List<double>();
        var shares = new List<double>();
        var peaks = new List<double>();
        for (var run = 0; run < options.Runs; run++)
        {
            await fixture.Database.ResetAsync();
            ceilings.Add(options.Rows / await fixture.Database.RewriteAsync());
            var figures = await fixture.RotateAsync(options.Verify);
            rates.Add(options.Rows / figures.Seconds);
            peaks.Add(figures.PeakMegabytes);
            shares.Add(rates[^1] / ceilings[^1]);
        }

        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"| {options.Rows:N0} | {tenants:N0} | {Medians.Spread(ceilings, "N0")} | {Medians.Spread(rates, "N0")} "
                    + $"| {Medians.Spread(shares, "0.00")} | {Medians.Of(rates) / ReplacedScript:0} | {peaks.Max():0} MB |"
            )
        );
        return Medians.Of(shares);
    }
}
