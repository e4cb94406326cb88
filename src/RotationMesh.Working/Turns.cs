using RotationMesh.Core;

namespace RotationMesh.Working;

/// <summary>Limits the partitions at work: they come from two queues and share processors and connections.</summary>
internal sealed class Turns(int atOnce) : IDisposable
{
    private readonly SemaphoreSlim free = new(atOnce);

    /// <summary>Runs the work when a slot is free; a worker that stops before then has done nothing of it.</summary>
    public async Task<Unfinished?> RunAsync(
        Func<CancellationToken, Task<Unfinished?>> work,
        CancellationToken stopping
    )
    {
        try
        {
            await free.WaitAsync(stopping);
        }
        catch (OperationCanceledException)
        {
            return new Unfinished(RowCounts.None);
        }

        try
        {
            return stopping.IsCancellationRequested ? new Unfinished(RowCounts.None) : await work(stopping);
        }
        finally
        {
            free.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => free.Dispose();
}
