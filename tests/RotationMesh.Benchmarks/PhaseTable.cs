namespace RotationMesh.Benchmarks;

/// <summary>Prints the phases of rotations as a Markdown table, those of an empty table beside them.</summary>
internal static class PhaseTable
{
    /// <summary>Prints a line for each phase, and one for the whole.</summary>
    public static void Print(int rows, IReadOnlyList<PhaseCosts> full, IReadOnlyList<PhaseCosts> empty)
    {
        Console.WriteLine(
            "| phase of `rotate --verify full` | client s | server s | wall s | µs a row | empty: client s | server s | wall s |"
        );
        Console.WriteLine("|---|---:|---:|---:|---:|---:|---:|---:|");
        foreach (var phase in Enum.GetValues<RotationPhase>())
            Line(Name(phase), costs => costs[phase]);
        Line("whole", costs => costs.Whole);

        void Line(string name, Func<PhaseCosts, PhaseSeconds> part) =>
            Console.WriteLine(
                $"| {name} | {Spread(full, costs => part(costs).Client)} | {Spread(full, costs => part(costs).Server)} "
                    + $"| {Spread(full, costs => part(costs).Wall)} | {Spread(full, costs => part(costs).Sum / rows * 1e6)} "
                    + $"| {Spread(empty, costs => part(costs).Client)} | {Spread(empty, costs => part(costs).Server)} "
                    + $"| {Spread(empty, costs => part(costs).Wall)} |"
            );
    }

    private static string Name(RotationPhase phase) =>
        phase == RotationPhase.ClosingCensus ? "closing census" : phase.ToString().ToLowerInvariant();

    private static string Spread(IReadOnlyList<PhaseCosts> runs, Func<PhaseCosts, double> figure) =>
        Medians.Spread([.. runs.Select(figure)], "0.00");
}
