namespace RotationMesh.Mesh.Saga;

/// <summary>How often a rotation passes over what is left.</summary>
internal static class Sweeps
{
    /// <summary>
    /// Sweeps in a row that may bring little: an application that keeps writing the old version would be chased for
    /// ever. With the pauses below a row may stay locked for three quarters of a minute. The last of them records what
    /// it can't have as failed.
    /// </summary>
    public const int MaxIdle = 10;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(8);

    /// <summary>Wait before a sweep: somebody holds the rows, and longer the more sweeps brought nothing.</summary>
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
