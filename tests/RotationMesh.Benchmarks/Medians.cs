using System.Globalization;

namespace RotationMesh.Benchmarks;

/// <summary>The figure that half of the runs reach.</summary>
internal static class Medians
{
    public static double Of(IReadOnlyCollection<double> figures)
    {
        var sorted = figures.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }

    /// <summary>The median, with the least and the most in parentheses.</summary>
    public static string Spread(IReadOnlyCollection<double> figures, string format) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Of(figures).ToString(format, CultureInfo.InvariantCulture)} "
                + $"({figures.Min().ToString(format, CultureInfo.InvariantCulture)}–{figures.Max().ToString(format, CultureInfo.InvariantCulture)})"
        );
}
