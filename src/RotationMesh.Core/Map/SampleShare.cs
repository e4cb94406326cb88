using System.Globalization;

namespace RotationMesh.Core.Map;

/// <summary>
/// Share of a table's rows (0 to 1) that is looked at instead of all. Of few rows a share may be none at all, which would
/// prove nothing: some are always looked at.
/// </summary>
public static class SampleShare
{
    /// <summary>Rows that a sample of a table has at least, give or take; a table up to that size is looked at whole.</summary>
    public const int FewestRows = 100;

    /// <summary>
    /// Reads a percentage above 0 up to 100, in plain decimal digits and without its sign; null where it is none.
    /// </summary>
    public static double? TryParse(ReadOnlySpan<char> percent)
    {
        var understood = decimal.TryParse(
            percent,
            NumberStyles.AllowDecimalPoint,
            CultureInfo.InvariantCulture,
            out var value
        );
        return understood && value is > 0 and <= 100 ? (double)value / 100 : null;
    }

    /// <summary>What of a table with so many rows is looked at where <paramref name="share"/> is asked for.</summary>
    public static double Of(double share, long rows) =>
        rows <= FewestRows ? 1 : Math.Min(1, Math.Max(share, (double)FewestRows / rows));
}
