using System.Globalization;

namespace RotationMesh.Benchmarks;

/// <summary>
/// Processor seconds of client and server: the database that rewrites a table alone, and <c>rotate</c> of the same rows in
/// the same run. Prints Markdown tables with medians, also of how the table grows, and of each phase of a rotation.
/// </summary>
internal static class CostBenchmark
{
    public static async Task<int> RunAsync(CostOptions options)
    {
        await using var fixture = await SampleFixture.OpenAsync();
        Console.WriteLine(
            "Processor seconds, user and system. Client: the program. Server: the postmaster and all its children. MB: 2^20 bytes."
        );
        Console.WriteLine(
            "Autovacuum of knowledge_entries is off while it is measured, for the ceiling too. A checkpoint comes before each part."
        );
        foreach (var tenants in options.Layouts)
            await MeasureAsync(options, fixture, tenants);
        return 0;
    }

    private static async Task MeasureAsync(CostOptions options, SampleFixture fixture, int tenants)
    {
        await fixture.LoadAsync(options.Rows, tenants, options.Preparation);
        var meter = new CostMeter(fixture, options.Rows);
        var all = CostPart.All.Select(part => new CostSeries(part)).ToList();
        var full = new List<PhaseCosts>();
        var empty = new List<PhaseCosts>();
        for (var run = 1; run <= options.Runs; run++)
        {
            foreach (var one in all)
            {
                one.Runs.Add(await meter.MeasureAsync(one.Part));
                Console.Error.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"run {run}: {one.Part.Name}: client {one.Runs[^1].Client:0.00} s, server {one.Runs[^1].Server:0.00} s"
                    )
                );
            }

            // Apart from the parts: the session that looks at the phases takes processor time from them.
            full.Add(await PhaseWatch.RotateAsync(fixture, emptied: false));
            empty.Add(await PhaseWatch.RotateAsync(fixture, emptied: true));
        }

        Console.WriteLine();
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{options.Rows:N0} rows, {tenants:N0} tenants, {(options.ThreeIndexes ? "three indexes" : "all indexes of the sample")}; runs: {options.Runs}"
            )
        );
        Console.WriteLine();
        CostTables.Print(all);
        PhaseTable.Print(options.Rows, full, empty);
    }
}
