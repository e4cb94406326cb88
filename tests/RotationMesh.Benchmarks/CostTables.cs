using System.Globalization;

namespace RotationMesh.Benchmarks;

/// <summary>Prints what the parts cost as two Markdown tables: processor seconds, and growth.</summary>
internal static class CostTables
{
    private const double Megabyte = 1 << 20;

    /// <summary>Prints both; the first of the series is the ceiling.</summary>
    public static void Print(IReadOnlyList<CostSeries> all)
    {
        Console.WriteLine("| | client s | server s | sum s | ceiling's sum / sum | wall s |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|");
        foreach (var one in all)
            Console.WriteLine(Seconds(one, all[0]));
        Console.WriteLine();
        Console.WriteLine("| growth | table, MB | indexes, MB | both / ceiling's | HOT updates | WAL, MB |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|");
        foreach (var one in all)
            Console.WriteLine(Growth(one, all[0]));
        Console.WriteLine();
    }

    private static string Seconds(CostSeries one, CostSeries ceiling)
    {
        var share = one.Part.Rewrites ? one.Beside(ceiling, (most, run) => most.Sum / run.Sum) : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {one.Part.Name} | {one.Spread(run => run.Client, "0.00")} | {one.Spread(run => run.Server, "0.00")} "
                + $"| {one.Spread(run => run.Sum, "0.00")} | {share} | {one.Spread(run => run.Wall, "0.00")} |"
        );
    }

    private static string Growth(CostSeries one, CostSeries ceiling)
    {
        var share = one.Part.Rewrites
            ? one.Beside(ceiling, (most, run) => run.Growth.Bytes / most.Growth.Bytes)
            : "";
        var hot = one.Part.Rewrites ? one.Spread(run => run.Growth.HotShare, "P0") : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {one.Part.Name} | {Megabytes(one, growth => growth.TableBytes)} | {Megabytes(one, growth => growth.IndexBytes)} "
                + $"| {share} | {hot} | {Megabytes(one, growth => growth.WalBytes)} |"
        );
    }

    private static string Megabytes(CostSeries one, Func<TableGrowth, long> bytes) =>
        one.Spread(run => bytes(run.Growth) / Megabyte, "0.0");
}
