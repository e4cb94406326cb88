namespace RotationMesh.Mesh.Working;

/// <summary>
/// Room for messages of failed rows where workers and ledger share a process: what is queued there is memory, and rows
/// fail faster than they are recorded. With a broker between them there is no such limit, and none is needed.
/// </summary>
internal sealed class FailureBackpressure : IDisposable
{
    /// <summary>Messages under way: some thousands of rows, a few megabytes.</summary>
    private const int Most = 20;

    /// <summary>Longest wait: a message that is lost gives no backpressure back, and must not hold up a rotation for good.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim backpressure = new(Most);

    /// <summary>Returns when there is backpressure for a message.</summary>
    public Task EnterAsync() => backpressure.WaitAsync(Longest);

    /// <summary>Gives back the backpressure of messages whose rows are recorded.</summary>
    public void Leave(int messages)
    {
        for (; messages > 0 && backpressure.CurrentCount < Most; messages--)
            backpressure.Release();
    }

    /// <inheritdoc/>
    public void Dispose() => backpressure.Dispose();
}
