namespace RotationMesh.Client;

/// <summary>Asks again where nobody answered.</summary>
internal static class Retry
{
    /// <summary>Pauses between tries: enough for a connection that breaks, too short for an operator to wonder.</summary>
    private static readonly TimeSpan[] Pauses =
    [
        TimeSpan.FromMilliseconds(100),
        TimeSpan.FromMilliseconds(400),
        TimeSpan.FromMilliseconds(1500),
    ];

    /// <summary>Longest try that is followed by another: who is silent for longer will be so again.</summary>
    private static readonly TimeSpan LongestTry = TimeSpan.FromSeconds(5);

    /// <summary>Runs <paramref name="step"/> until somebody answers; the last failure is the caller's.</summary>
    public static async Task<T> AsyncOf<T>(Func<Task<T>> step, CancellationToken cancellationToken)
    {
        foreach (var pause in Pauses)
        {
            var begun = TimeProvider.System.GetTimestamp();
            try
            {
                return await step();
            }
            catch (CoordinatorUnreachableException)
                when (TimeProvider.System.GetElapsedTime(begun) < LongestTry)
            {
                await Task.Delay(pause, cancellationToken);
            }
        }

        return await step();
    }
}
