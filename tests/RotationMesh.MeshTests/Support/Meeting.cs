namespace RotationMesh.MeshTests.Support;

/// <summary>Holds the first arrivals until enough are there; whoever comes later passes.</summary>
public sealed class Meeting(int size)
{
    private readonly TaskCompletionSource complete = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int arrived;

    public Task Arrive()
    {
        if (Interlocked.Increment(ref arrived) >= size)
            complete.TrySetResult();
        return complete.Task;
    }
}
