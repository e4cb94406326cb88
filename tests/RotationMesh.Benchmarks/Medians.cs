namespace RotationMesh.Benchmarks;

/// <summary>The figure that half of the runs reach.</summary>
internal static class Medians
{
    public static double Of(IReadOnlyCollection<double> figures)
    {
        var sorted = figures.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}
