using System.Globalization;

namespace RotationMesh.Benchmarks;

/// <summary>What is measured: rows of the table, runs of each layout, and the layouts by their number of tenants.</summary>
internal sealed record ThroughputOptions(int Rows, int Runs, IReadOnlyList<int> Layouts, bool Ceiling)
{
    public static ThroughputOptions Parse(string[] arguments)
    {
        var rows = 500_000;
        var runs = 3;
        var ceiling = true;
        var layouts = new List<int>();
        for (var i = 0; i < arguments.Length; i++)
        {
            if (arguments[i] == "--no-ceiling")
            {
                ceiling = false;
                continue;
            }

            var value = int.Parse(arguments[i + 1], CultureInfo.InvariantCulture);
            switch (arguments[i++])
            {
                case "--rows":
                    rows = value;
                    break;
                case "--runs":
                    runs = value;
                    break;
                case "--layout":
                    layouts.Add(value);
                    break;
                default:
                    throw new ArgumentException($"unknown option {arguments[i - 1]}");
            }
        }

        return new ThroughputOptions(rows, runs, layouts.Count > 0 ? layouts : [100, 50_000, 1], ceiling);
    }
}
