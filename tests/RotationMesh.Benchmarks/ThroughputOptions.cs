using System.Globalization;

namespace RotationMesh.Benchmarks;

/// <summary>
/// What is measured: rows of the table, runs of each layout, the layouts by their number of tenants, and how much is
/// decrypted again at the end (null: as <c>rotate</c> does by itself).
/// </summary>
internal sealed record ThroughputOptions(int Rows, int Runs, IReadOnlyList<int> Layouts, string? Verify)
{
    public static ThroughputOptions Parse(string[] arguments)
    {
        var rows = 500_000;
        var runs = 3;
        string? verify = null;
        var layouts = new List<int>();
        foreach (var option in arguments.Chunk(2))
            switch (option)
            {
                case ["--rows", var value]:
                    rows = Number(value);
                    break;
                case ["--runs", var value]:
                    runs = Number(value);
                    break;
                case ["--layout", var value]:
                    layouts.Add(Number(value));
                    break;
                case ["--verify", var value]:
                    verify = value;
                    break;
                default:
                    throw new ArgumentException($"unknown option {string.Join(' ', option)}");
            }

        return new ThroughputOptions(rows, runs, layouts.Count > 0 ? layouts : [100, 50_000, 1], verify);
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
