using System.Collections.Concurrent;
using RotationMesh.Bus.Telemetry;
using RotationMesh.Core;
using RotationMesh.Core.Keys;
using RotationMesh.Tables;
using RotationMesh.Tables.Rewriting;
using RotationMesh.Tables.Rows;
using RotationMesh.Tables.Verification;

namespace RotationMesh.Working;

/// <summary>
/// Keeps idle rotators and verifiers, with their derived keys and buffers, for the next partition. It keeps as many as
/// partitions run at once; a rotator with other settings is replaced.
/// </summary>
internal sealed class RotatorPool(ApplicationDatabases databases, KeyRing ring, WorkerOptions options)
    : IDisposable
{
    private readonly ConcurrentBag<(RotationSettings Settings, PartitionRotator Rotator)> rotators = [];
    private readonly ConcurrentBag<PartitionVerifier> verifiers = [];

    /// <summary>Runs one partition on a rotator with those settings. A rotator that threw is not used again.</summary>
    public async Task<T> RotateAsync<T>(RotationSettings settings, Func<PartitionRotator, Task<T>> work)
    {
        PartitionRotator rotator;
        if (rotators.TryTake(out var idle) && idle.Settings == settings)
            rotator = idle.Rotator;
        else
        {
            idle.Rotator?.Dispose();
            rotator = new PartitionRotator(databases, ring, settings, Tell);
        }

        return await RunAsync(rotator, work, used => rotators.Add((settings, used)));
    }

    /// <summary>Runs one partition on a verifier.</summary>
    public Task<T> VerifyAsync<T>(Func<PartitionVerifier, Task<T>> work) =>
        RunAsync(
            verifiers.TryTake(out var idle) ? idle : new PartitionVerifier(databases, ring),
            work,
            verifiers.Add
        );

    /// <summary>Frees the derived keys.</summary>
    public void Dispose()
    {
        foreach (var (_, rotator) in rotators)
            rotator.Dispose();
        foreach (var verifier in verifiers)
            verifier.Dispose();
    }

    private void Tell(RowCounts step)
    {
        MeshMetrics.CountRows(step.Rotated, step.Conflicts);
        options.Rotated(step);
    }

    private static async Task<T> RunAsync<TWorker, T>(
        TWorker worker,
        Func<TWorker, Task<T>> work,
        Action<TWorker> keep
    )
        where TWorker : IDisposable
    {
        try
        {
            var result = await work(worker);
            keep(worker);
            return result;
        }
        catch
        {
            worker.Dispose();
            throw;
        }
    }
}
