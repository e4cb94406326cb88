namespace RotationMesh.Tables.Large;

/// <summary>
/// Rows with large values take turns in a process: its memory is then a multiple of one of them, however many workers it
/// has.
/// </summary>
internal static class LargeTurn
{
    /// <summary>Rows whose largest value is no larger than this, in bytes, need no turn.</summary>
    private const long Free = 8 * 1024 * 1024;

    private static readonly SemaphoreSlim Turn = new(1, 1);
    private static readonly Ended None = new(null);

    /// <summary>Waits for the turn, which ends when it is disposed of. Throws <see cref="OperationCanceledException"/>.</summary>
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
