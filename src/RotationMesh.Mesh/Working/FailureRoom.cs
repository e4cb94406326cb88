namespace RotationMesh.Mesh.Working;

/// <summary>
/// Room for messages of failed rows where workers and ledger share a process: what is queued there is memory, and rows
/// fail faster than they are recorded. With a broker between them there is no such limit, and none is needed.
/// </summary>
internal sealed class FailureRoom : IDisposable
{
    /// <summary>Messages under way: some thousands of rows, a few megabytes.</summary>
    private const int Most = 20;

    /// <summary>Longest wait: a message that is lost gives no room back, and must not hold up a rotation for good.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim room = new(Most);

    /// <summary>Returns when there is room for a message.</summary>
    public Task EnterAsync() => room.WaitAsync(Longest);

    /// <summary>Gives back the room of messages whose rows are recorded.</summary>
    public void Leave(int messages)
    {
        for (; messages > 0 && room.CurrentCount < Most; messages--)
            room.Release();
    }

    /// <inheritdoc/>
    public void Dispose() => room.Dispose();
}
