using MassTransit;
using Microsoft.Extensions.Logging;
using Npgsql;
using RotationMesh.Bus;
using RotationMesh.Bus.Sealing;
using RotationMesh.Bus.Telemetry;
using RotationMesh.Contracts;
using RotationMesh.Core;
using RotationMesh.Core.Tracing;
using RotationMesh.Postgres;
using RotationMesh.Tables;
using Refusal = RotationMesh.Contracts.Refusal;

namespace RotationMesh.Working;

/// <summary>
/// Runs what all partitions share, whatever is done to their rows: refuses a partition if the map or a key differs,
/// sends its heartbeat, and ends it with exactly one result.
/// </summary>
internal sealed class PartitionWork(
    GoalCheck goals,
    WorkerOptions options,
    WorkerStop stop,
    AttemptTime time,
    TimeProvider clock,
    ILogger<PartitionWork> log
) : IDisposable
{
    private readonly Turns turns = new(options.Concurrency);

    /// <summary>
    /// Runs <paramref name="work"/>, which sends the partition's result and returns null. If it is stopped before the
    /// last row, it returns what it has done. A database failure is a result too: the ledger decides on a retry.
    /// </summary>
    public async Task RunAsync(
        ConsumeContext context,
        PartitionTask task,
        Func<CancellationToken, Task<Unfinished?>> work
    )
    {
        try
        {
            await TryAsync(context, task, work);
        }
        catch (SendTimeoutException fault)
        {
            // Redelivered if the connection is lost; otherwise another worker gets it when its lease ends.
            var (id, attempt) = (task.Partition.PartitionId, task.Partition.Attempt);
            MeshLog.PartitionFailed(log, task.RotationId, id, attempt, fault.Message);
        }
    }

    private async Task TryAsync(
        ConsumeContext context,
        PartitionTask task,
        Func<CancellationToken, Task<Unfinished?>> work
    )
    {
        using var attempted = time.Begin(context, stop.Token);
        var (rotationId, partition) = (task.RotationId, task.Partition);
        var (id, attempt, worker) = (partition.PartitionId, partition.Attempt, options.Name);
        using var scope = log.BeginScope(
            new Dictionary<string, object>
            {
                ["RotationId"] = rotationId,
                ["PartitionId"] = id,
                ["Scope"] = partition.Scope,
                ["Attempt"] = attempt,
            }
        );
        using var span = Spans.Partition(rotationId, id, partition.Scope, attempt);
        var started = clock.GetTimestamp();
        void Count(string outcome)
        {
            span?.SetTag(SpanTags.Outcome, outcome);
            MeshMetrics.CountPartition(partition.Scope, outcome, clock.GetElapsedTime(started));
        }

        // A command that may be forged proves nothing about who has its partition, so its refusal ends no attempt.
        var unproven = context.TryGetPayload<SealExamination>(out var seal) ? seal.Fault : null;
        async Task RefuseAsync(Refusal reason, string? detail = null)
        {
            MeshLog.Refused(log, rotationId, id, GoalCheck.Explain(reason, detail));
            await PauseAsync(options.RefusalPause);
            await context.SendAgainAsync(
                Queues.PartitionRefused,
                new PartitionRefused(
                    rotationId,
                    id,
                    attempt,
                    worker,
                    reason,
                    detail,
                    Deliveries.IsAlone(context) && unproven is null
                )
            );
            Count("refused");
        }

        if (goals.Find(task.MapHash, task.Version, task.Fingerprint) is { } refusal)
        {
            var isOfMap = refusal == Refusal.MapDiffers && unproven is null;
            await RefuseAsync(refusal, isOfMap ? goals.ExplainStore(partition) : null);
            return;
        }

        if (unproven is not null)
        {
            await RefuseAsync(Refusal.CurrentKeyDiffers, $"the command is not believed: {unproven}");
            return;
        }

        if (Deliveries.Of(context) >= Deliveries.Most)
        {
            // Returned with a strike, so that this worker does not vanish over it as well.
            MeshLog.PartitionFailed(log, rotationId, id, attempt, WorkerLoss.NeverAnswered);
            await context.SendAgainAsync(
                Queues.PartitionFailed,
                new PartitionFailed(rotationId, id, attempt, worker, null, true, WorkerLoss.NeverAnswered)
            );
            Count("failed");
            return;
        }

        var alive = new PartitionHeartbeat(rotationId, id, attempt, worker);
        // Another worker may have had it before. If this one vanishes too, the heartbeat shows over which partition.
        if (attempt > 1 || context.ReceiveContext.Redelivered)
            await context.SendAgainAsync(Queues.PartitionHeartbeat, alive);
        await using var heartbeat = new Heartbeat(context, alive, options.Heartbeat, clock, log);
        try
        {
            var hadTime = false; // stays false if little time was left when its turn came
            var unfinished = await turns.RunAsync(
                stopping =>
                {
                    hadTime = attempted.IsYoung;
                    return work(stopping);
                },
                attempted.Token
            );
            if (unfinished is not null)
                await context.SendAgainAsync(
                    Queues.PartitionReturned,
                    new PartitionReturned(
                        rotationId,
                        id,
                        attempt,
                        worker,
                        unfinished.Counts,
                        Deliveries.IsAlone(context),
                        unfinished.OutOfTime || (unfinished.WasReading && hadTime && attempted.IsOver),
                        unfinished.Rest
                    )
                );
            Count(unfinished is null ? "done" : "returned");
        }
        catch (OtherDatabaseException other)
        {
            await RefuseAsync(Refusal.DatabaseDiffers, other.Message);
        }
        catch (Exception fault) when (WorkerFaults.IsOfThisWorker(fault, out var lack))
        {
            await RefuseAsync(Refusal.DatabaseOutOfReach, lack); // another worker may have what this one lacks
        }
        catch (Exception fault) when (Faults.IsOfDatabase(fault) || fault is InvalidOperationException)
        {
            var sqlState = (fault as PostgresException)?.SqlState;
            MeshLog.PartitionFailed(log, rotationId, id, attempt, sqlState ?? fault.GetType().Name);
            await context.SendAgainAsync(
                Queues.PartitionFailed,
                new PartitionFailed(rotationId, id, attempt, worker, sqlState, Faults.MayPass(fault))
                {
                    // An answered statement has ended on the server; after a broken connection it may still run.
                    IsOver = Deliveries.IsAlone(context) && sqlState is not null,
                }
            );
            Count("failed");
        }
        catch (Exception fault) when (fault is not (OperationCanceledException or SendTimeoutException))
        {
            // A fault of the program: the message goes to the dead letters as well, where an operator looks for it.
            await context.SendAgainAsync(
                Queues.PartitionFailed,
                new PartitionFailed(rotationId, id, attempt, worker, null, true, fault.GetType().Name)
            );
            Count("failed");
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => turns.Dispose();

    private async Task PauseAsync(TimeSpan pause)
    {
        try
        {
            await Task.Delay(pause, clock, stop.Token);
        }
        catch (OperationCanceledException)
        {
            // Stopping: refuse at once.
        }
    }
}
