using System.Globalization;
using System.Security.Cryptography;

namespace RotationMesh.Benchmarks;

/// <summary>
/// The program against its ceiling in the same run: how fast <c>rotate</c> rewrites a table, and how fast the database
/// rewrites it alone. Prints a Markdown table with medians.
/// </summary>
internal static class ThroughputBenchmark
{
    /// <summary>Rows/s of the script that RotationMesh replaces, median on 2 cores.</summary>
    private const double ReplacedScript = 740;

    public static async Task<int> RunAsync(ThroughputOptions options)
    {
        var server =
            Environment.GetEnvironmentVariable("ROTATIONMESH_POSTGRES")
            ?? throw new InvalidOperationException("ROTATIONMESH_POSTGRES is not set: run `make bench`");
        var database = new BenchDatabase(server);
        var folder = Directory.CreateTempSubdirectory("rotationmesh-bench");
        try
        {
            var program = await ProgramAsync(folder.FullName, database);
            Console.WriteLine(
                "| rows | tenants | ceiling, rows/s | rotate, rows/s | share | times the script | peak memory |"
            );
            Console.WriteLine("|---:|---:|---:|---:|---:|---:|---:|");
            foreach (var tenants in options.Layouts)
                await MeasureAsync(options, database, program, tenants);
            return 0;
        }
        finally
        {
            await database.DropAsync();
            folder.Delete(recursive: true);
        }
    }

    private static async Task MeasureAsync(
        ThroughputOptions options,
        BenchDatabase database,
        BuiltProgram program,
        int tenants
    )
    {
        await database.CreateAsync();
        await program.RunAsync("sample", "load", "--rows", Text(options.Rows), "--tenants", Text(tenants));
        await database.KeepAsync();
        var ceilings = new List<double>();
        var rates = new List<double>();
        var shares = new List<double>();
        var peaks = new List<double>();
        for (var run = 0; run < options.Runs; run++)
        {
            if (options.Ceiling)
            {
                await database.ResetAsync();
                ceilings.Add(options.Rows / await database.RewriteAsync());
            }

            await database.ResetAsync();
            var figures = await program.RunAsync(
                "rotate",
                "--scope",
                "knowledge",
                "--workers",
                "2",
                "--output",
                "json"
            );
            rates.Add(options.Rows / figures.Seconds);
            peaks.Add(figures.PeakMegabytes);
            if (options.Ceiling)
                shares.Add(rates[^1] / ceilings[^1]);
        }

        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"| {options.Rows:N0} | {tenants:N0} | {Spread(ceilings, "N0")} | {Spread(rates, "N0")} | {Spread(shares, "0.00")} "
                    + $"| {Median(rates) / ReplacedScript:0} | {peaks.Max():0} MB |"
            )
        );
    }

    private static async Task<BuiltProgram> ProgramAsync(string folder, BenchDatabase database)
    {
        var environment = new Dictionary<string, string>
        {
            ["APP_DATABASE_URL"] = database.ConnectionString,
            ["MASTER_ENCRYPTION_KEY"] = RandomNumberGenerator.GetHexString(64, lowercase: true),
            ["MASTER_ENCRYPTION_KEY_VERSION"] = "2",
            ["MASTER_ENCRYPTION_PREVIOUS_KEYS"] =
                $$"""{"1":"{{RandomNumberGenerator.GetHexString(64, lowercase: true)}}"}""",
            ["ROTATIONMESH_CONFIG"] = Path.Combine(folder, "rotation.yaml"),
        };
        var program = new BuiltProgram(Path.GetFullPath("artifacts/rotationmesh"), environment);
        var map = await program.RunAsync("sample", "map");
        await File.WriteAllTextAsync(environment["ROTATIONMESH_CONFIG"], map.Output);
        return program;
    }

    private static string Spread(List<double> figures, string format) =>
        figures.Count == 0
            ? ""
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{Median(figures).ToString(format, CultureInfo.InvariantCulture)} "
                    + $"({figures.Min().ToString(format, CultureInfo.InvariantCulture)}–{figures.Max().ToString(format, CultureInfo.InvariantCulture)})"
            );

    private static double Median(List<double> figures)
    {
        var sorted = figures.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
