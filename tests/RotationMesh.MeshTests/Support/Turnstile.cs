using RotationMesh.Working;

namespace RotationMesh.MeshTests.Support;

/// <summary>Holds a worker at its first batch until the test lets it go on.</summary>
internal sealed class Turnstile : IDisposable
{
    private readonly TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ManualResetEventSlim open = new();

    public Task Reached => reached.Task.WaitAsync(TimeSpan.FromSeconds(60));

    public WorkerOptions Worker =>
        new()
        {
            Concurrency = 1,
            Rotated = _ =>
            {
                reached.TrySetResult();
                open.Wait(TimeSpan.FromSeconds(60));
            },
        };

    public void Open() => open.Set();

    public void Dispose()
    {
        Open();
        open.Dispose();
    }
}
