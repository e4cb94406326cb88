namespace RotationMesh.Bus;

/// <summary>
/// Limits the messages of failed rows in memory where workers and ledger share a process: rows fail faster than the ledger
/// records them. With a broker between them the messages are queued there, and no limit is needed.
/// </summary>
internal sealed class FailureBackpressure : IDisposable
{
    /// <summary>Messages under way: some thousands of rows, a few megabytes.</summary>
    private const int Most = 20;

    /// <summary>Longest wait: a lost message frees no slot, and must not block a rotation for ever.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim slots = new(Most);

    /// <summary>Returns when a slot is free for a message, or after the longest wait.</summary>
    public Task EnterAsync() => slots.WaitAsync(Longest);

    /// <summary>Frees the slots of messages whose rows are recorded.</summary>
    public void Leave(int messages)
    {
        for (; messages > 0 && slots.CurrentCount < Most; messages--)
            slots.Release();
    }

    /// <inheritdoc/>
    public void Dispose() => slots.Dispose();
}
