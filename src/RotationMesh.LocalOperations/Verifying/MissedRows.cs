namespace RotationMesh.LocalOperations.Verifying;

/// <summary>
/// Tells whether verification read as many rows as there are: it may pass over rows that move while it reads.
/// </summary>
public static class MissedRows
{
    /// <summary>
    /// Share of the rows that verification may miss: the application moves and deletes rows between census and
    /// verification.
    /// </summary>
    private const double Share = 0.01;

    /// <summary>Number of rows that verification may always miss: a hundredth of a small table is too few.</summary>
    private const double Rows = 20;

    /// <summary>
    /// Share of a sample that may be missing: its pages are chosen at random, and pages differ in their number of
    /// rows.
    /// </summary>
    private const double SampleSlack = 0.75;

    /// <summary>
    /// Returns how many of <paramref name="stored"/> rows verification should have read where it reads
    /// <paramref name="share"/> (0 to 1) of them; null where <paramref name="seen"/> is enough.
    /// </summary>
    public static long? Expected(double share, long stored, long seen)
    {
        var expected = share * stored;
        var slack = share < 1 ? SampleSlack * expected : Math.Max(Rows, Share * expected);
        return expected > 0 && (seen == 0 || seen < expected - slack) ? (long)Math.Ceiling(expected) : null;
    }
}
