namespace RotationMesh.Coordination.Saga;

/// <summary>Limits how often a rotation sweeps over the rows that are left.</summary>
internal static class Sweeps
{
    /// <summary>
    /// Sweeps in a row that may make little progress: without a limit, an application that keeps writing the old
    /// version would be chased for ever. With the pauses below, a row may stay locked for three quarters of a minute.
    /// The last sweep records rows that it can't get as failed.
    /// </summary>
    public const int MaxIdle = 10;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(8);

    /// <summary>Wait before a sweep for rows that are locked; it grows with the number of idle sweeps.</summary>
    public static TimeSpan PauseBefore(int idleSweeps) =>
        idleSweeps == 0
            ? TimeSpan.Zero
            : TimeSpan.FromMilliseconds(
                Math.Min(
                    LongestPause.TotalMilliseconds,
                    FirstPause.TotalMilliseconds * Math.Pow(2, idleSweeps - 1)
                )
            );
}
