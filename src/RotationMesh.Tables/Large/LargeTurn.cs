namespace RotationMesh.Tables.Large;

/// <summary>
/// Lets one row with large values at a time be rewritten in a process: its memory is then a multiple of one such row,
/// however many workers it has.
/// </summary>
internal static class LargeTurn
{
    /// <summary>Size in bytes; a row whose largest value has no more needs no turn.</summary>
    private const long Free = 8 * 1024 * 1024;

    private static readonly SemaphoreSlim Turn = new(1, 1);
    private static readonly Ended None = new(null);

    /// <summary>
    /// Waits for the turn; disposing of the result ends it. Throws <see cref="OperationCanceledException"/>.
    /// </summary>
    public static async Task<IDisposable> TakeAsync(long size, CancellationToken stopping)
    {
        if (size <= Free)
            return None;
        await Turn.WaitAsync(stopping);
        return new Ended(Turn);
    }

    private sealed class Ended(SemaphoreSlim? turn) : IDisposable
    {
        private SemaphoreSlim? turn = turn;

        public void Dispose() => Interlocked.Exchange(ref turn, null)?.Release();
    }
}
