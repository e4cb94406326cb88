namespace RotationMesh.Client;

/// <summary>Retries requests that got no answer.</summary>
internal static class Retry
{
    /// <summary>Pauses between tries: long enough for a broken connection, too short for an operator to notice.</summary>
    private static readonly TimeSpan[] Pauses =
    [
        TimeSpan.FromMilliseconds(100),
        TimeSpan.FromMilliseconds(400),
        TimeSpan.FromMilliseconds(1500),
    ];

    /// <summary>Longest try that is retried: a server that was silent for longer will be silent again.</summary>
    private static readonly TimeSpan LongestTry = TimeSpan.FromSeconds(5);

    /// <summary>Runs <paramref name="step"/> until it gets an answer; the last failure goes to the caller.</summary>
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
