using RotationMesh.Contracts;

namespace RotationMesh.Mesh.Working;

/// <summary>Partitions to rotate and partitions to verify come from two queues, and share the worker's processors and connections.</summary>
internal sealed class Turns(int atOnce) : IDisposable
{
    private readonly SemaphoreSlim free = new(atOnce);

    /// <summary>Does the work when it is its turn; where the worker stops before, nothing of it was done.</summary>
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
            return new Unfinished(new RowCounts());
        }

        try
        {
            return stopping.IsCancellationRequested ? new Unfinished(new RowCounts()) : await work(stopping);
        }
        finally
        {
            free.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => free.Dispose();
}
