namespace RotationMesh.Coordination;

/// <summary>
/// Wakes the dispatcher and the watch of this process when the ledger has changed, so that they need not wait for their next
/// poll. They find changes by other processes by polling.
/// </summary>
internal sealed class LedgerSignal : IDisposable
{
    /// <summary>For the dispatcher.</summary>
    public Signal Dispatch { get; } = new();

    /// <summary>For the watch.</summary>
    public Signal Watch { get; } = new();

    /// <summary>Called after partitions were planned or settled.</summary>
    public void Notify()
    {
        Dispatch.Raise();
        Watch.Raise();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispatch.Dispose();
        Watch.Dispose();
    }

    /// <summary>Wakes one waiter, who then sees everything that happened before; several raises wake it once.</summary>
    internal sealed class Signal : IDisposable
    {
        private readonly SemaphoreSlim raised = new(0, 1);

        public void Raise()
        {
            lock (raised)
            {
                if (raised.CurrentCount == 0)
                    raised.Release();
            }
        }

        /// <summary>Returns at the next raise, or after <paramref name="longest"/>.</summary>
        public Task WaitAsync(TimeSpan longest, CancellationToken cancellationToken) =>
            raised.WaitAsync(longest, cancellationToken);

        public void Dispose() => raised.Dispose();
    }
}
