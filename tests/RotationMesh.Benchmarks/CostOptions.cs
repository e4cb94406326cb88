using System.Globalization;

namespace RotationMesh.Benchmarks;

/// <summary>
/// What is measured: rows of the table, runs of each layout, the layouts by their number of tenants, and whether the table
/// has three indexes (key, tenant, creation time) or all of the sample's.
/// </summary>
internal sealed record CostOptions(int Rows, int Runs, IReadOnlyList<int> Layouts, bool ThreeIndexes)
{
    /// <summary>An autovacuum would come in some runs and not in others.</summary>
    private const string AutovacuumOff =
        "ALTER TABLE knowledge_entries SET (autovacuum_enabled = off, toast.autovacuum_enabled = off)";

    private const string DropOthers =
        "DROP INDEX knowledge_entries_source_idx, \"knowledge_entries_sourceId_idx\"";

    /// <summary>SQL that makes the loaded table the one that is measured.</summary>
    public string Preparation => ThreeIndexes ? $"{AutovacuumOff}; {DropOthers}" : AutovacuumOff;

    public static CostOptions Parse(string[] arguments)
    {
        var rows = 300_000;
        var runs = 5;
        var threeIndexes = false;
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
                case ["--indexes", "three" or "all"]:
                    threeIndexes = option[1] == "three";
                    break;
                default:
                    throw new ArgumentException($"unknown option {string.Join(' ', option)}");
            }

        return new CostOptions(rows, runs, layouts.Count > 0 ? layouts : [100], threeIndexes);
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
