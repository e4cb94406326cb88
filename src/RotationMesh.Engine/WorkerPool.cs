using System.Threading.Channels;
using Npgsql;
using RotationMesh.Tables.Planning;
using RotationMesh.Tables.Schema;

namespace RotationMesh.Engine;

/// <summary>A partition together with the table that it is a part of.</summary>
public sealed record PlannedPartition(MappedTable Target, PartitionRange Range);

/// <summary>
/// Runs partitions on several workers while more are being planned; memory does not grow with their number.
/// </summary>
internal static class WorkerPool
{
    /// <summary>
    /// Tries of a partition while the database is unreachable, restarting or overloaded. The pauses between them last
    /// 12 to 24 s together, about as long as a failover.
    /// </summary>
    private const int Tries = 8;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(8);

    /// <summary>
    /// Runs every partition to its end. The first exception that is not transient, or lasts, stops the other workers
    /// after their batch in hand, and is thrown.
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
                await TryAsync(() => run(worker, partition, cancellationToken), cancellationToken);
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

    // Partitions are only read here, so a try can be repeated.
    private static async Task TryAsync(Func<Task> run, CancellationToken stopping)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await run();
                return;
            }
            catch (NpgsqlException fault)
                when (fault.IsTransient
                    && fault.SqlState != PostgresErrorCodes.LockNotAvailable // it has waited for the lock already
                    && attempt < Tries
                    && !stopping.IsCancellationRequested
                )
            {
                await Task.Delay(Pause(attempt), stopping);
            }
        }
    }

    private static TimeSpan Pause(int attempt)
    {
        var longest = Math.Min(
            LongestPause.TotalMilliseconds,
            FirstPause.TotalMilliseconds * Math.Pow(2, attempt - 1)
        );
        return TimeSpan.FromMilliseconds(longest * (0.5 + Random.Shared.NextDouble() / 2));
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
