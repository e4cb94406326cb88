using System.Globalization;

namespace RotationMesh.Core.Map;

/// <summary>
/// Share of a table's rows (0 to 1) that a sample looks at. A share of a small table may be no row at all, which would
/// prove nothing: so a sample has a least number of rows.
/// </summary>
public static class SampleShare
{
    /// <summary>
    /// Rows that a sample of a table has at least, approximately; a table of at most that size is looked at whole.
    /// </summary>
    public const int FewestRows = 100;

    /// <summary>
    /// Reads a percentage above 0 and up to 100, in plain decimal digits and without the percent sign; null where the
    /// text is none.
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

    /// <summary>
    /// Returns the share of a table of <paramref name="rows"/> rows that is looked at where <paramref name="share"/> is
    /// asked for.
    /// </summary>
    public static double Of(double share, long rows) =>
        rows <= FewestRows ? 1 : Math.Min(1, Math.Max(share, (double)FewestRows / rows));
}
