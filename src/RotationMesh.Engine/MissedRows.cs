namespace RotationMesh.Engine;

/// <summary>Whether verification looked at as many rows as there are: rows that move while it reads may be passed over.</summary>
public static class MissedRows
{
    /// <summary>
    /// Share of the rows that verification may have missed: rows that the application moves or deletes between census and
    /// verification are rightly not seen.
    /// </summary>
    private const double Share = 0.01;

    /// <summary>Rows that may always have been missed, in tables so small that a hundredth of them is no row.</summary>
    private const double Rows = 20;

    /// <summary>Part of a sample that may be missing: pages are chosen by chance, and hold more rows or fewer.</summary>
    private const double SampleSlack = 0.75;

    /// <summary>
    /// How many of <paramref name="stored"/> rows should have been looked at to look at <paramref name="share"/> (0 to 1) of them;
    /// null where <paramref name="seen"/> is enough.
    /// </summary>
    public static long? Expected(double share, long stored, long seen)
    {
        var expected = share * stored;
        var slack = share < 1 ? SampleSlack * expected : Math.Max(Rows, Share * expected);
        return expected > 0 && (seen == 0 || seen < expected - slack) ? (long)Math.Ceiling(expected) : null;
    }
}
