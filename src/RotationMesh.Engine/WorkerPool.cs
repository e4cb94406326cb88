using System.Threading.Channels;
using RotationMesh.Postgres.Target.Planning;
using RotationMesh.Postgres.Target.Schema;

namespace RotationMesh.Engine;

/// <summary>A partition together with the table that it is a part of.</summary>
public sealed record PlannedPartition(TableTarget Target, PartitionRange Range);

/// <summary>Runs partitions on a number of workers while they are still being planned; memory does not grow with their number.</summary>
internal static class WorkerPool
{
    /// <summary>
    /// Runs every partition once. The first exception stops the others after the batch in hand, and is thrown.
    /// </summary>
    public static async Task RunAsync<TWorker>(
        IAsyncEnumerable<PlannedPartition> partitions,
        int workers,
        Func<TWorker> create,
        Func<TWorker, PlannedPartition, CancellationToken, Task> run,
        CancellationToken stopping
    )
        where TWorker : IDisposable
    {
        using var failing = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var queue = Channel.CreateBounded<PlannedPartition>(
            new BoundedChannelOptions(workers) { SingleWriter = true }
        );
        var tasks = Enumerable
            .Range(0, workers)
            .Select(_ => Task.Run(() => Guard(WorkAsync, failing), CancellationToken.None))
            .Append(Task.Run(() => Guard(FeedAsync, failing), CancellationToken.None))
            .ToList();
        await Task.WhenAll(tasks);

        async Task WorkAsync(CancellationToken cancellationToken)
        {
            using var worker = create();
            await foreach (var partition in queue.Reader.ReadAllAsync(cancellationToken))
                await run(worker, partition, cancellationToken);
        }

        async Task FeedAsync(CancellationToken cancellationToken)
        {
            try
            {
                await foreach (var partition in partitions.WithCancellation(cancellationToken))
                    await queue.Writer.WriteAsync(partition, cancellationToken);
            }
            finally
            {
                queue.Writer.Complete();
            }
        }
    }

    private static async Task Guard(Func<CancellationToken, Task> work, CancellationTokenSource failing)
    {
        try
        {
            await work(failing.Token);
        }
        catch (OperationCanceledException) when (failing.IsCancellationRequested)
        {
            // Stopped by the operator, or by the failure of another worker, which is thrown instead.
        }
        catch
        {
            await failing.CancelAsync();
            throw;
        }
    }
}
