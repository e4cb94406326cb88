using MassTransit;
using Microsoft.Extensions.Logging;
using Npgsql;
using RotationMesh.Bus;
using RotationMesh.Bus.Telemetry;
using RotationMesh.Core;
using RotationMesh.Core.Tracing;
using RotationMesh.Postgres;
using RotationMesh.Tables;
using RotationMesh.Tables.Ranges;
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
        var (id, attempt) = (partition.PartitionId, partition.Attempt);
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
        var delivery = new Delivery(context, task, options.Name, span, clock.GetTimestamp());
        if (await IsTurnedAwayAsync(delivery))
            return;
        await using var heartbeat = await BeginHeartbeatAsync(delivery);
        try
        {
            await WorkAsync(delivery, attempted, work);
        }
        catch (OtherDatabaseException other)
        {
            await RefuseAsync(delivery, Refusal.DatabaseDiffers, other.Message);
        }
        catch (LeafAwayException away)
        {
            MeshLog.PartitionFailed(log, rotationId, id, attempt, away.Message);
            await StumbleAsync(delivery, away.Message); // its name may be given back
        }
        catch (ColumnsReplacedException replaced)
        {
            await LeaveAsync(delivery, replaced.Message); // the next sweep plans its rows anew
        }
        catch (Exception fault) when (WorkerFaults.IsOfThisWorker(fault, out var lack))
        {
            await RefuseAsync(delivery, Refusal.DatabaseOutOfReach, lack); // another worker may have what this one lacks
        }
        catch (Exception fault) when (Faults.IsOfDatabase(fault) || fault is InvalidOperationException)
        {
            await FailAsync(delivery, fault);
        }
        catch (Exception fault) when (fault is not (OperationCanceledException or SendTimeoutException))
        {
            // A fault of the program: the message goes to the dead letters as well, where an operator looks for it.
            await StumbleAsync(delivery, fault.GetType().Name);
            throw;
        }
    }

    // Whether nothing of it is done, and the result that says why is sent.
    private async Task<bool> IsTurnedAwayAsync(Delivery delivery)
    {
        var task = delivery.Task;
        if (goals.Find(task.MapHash, task.Version, task.Fingerprint) is { } refusal)
        {
            var isOfMap = refusal == Refusal.MapDiffers && delivery.Unproven is null;
            await RefuseAsync(delivery, refusal, isOfMap ? goals.ExplainStore(task.Partition) : null);
            return true;
        }

        if (delivery.Unproven is { } unproven)
        {
            var why = $"the command is not believed: {unproven}";
            await RefuseAsync(delivery, Refusal.CurrentKeyDiffers, why);
            return true;
        }

        if (Deliveries.Of(delivery.Context) < Deliveries.Most)
            return false;
        // Returned with a strike, so that this worker does not vanish over it as well.
        var (rotationId, id, attempt) = delivery.Name;
        MeshLog.PartitionFailed(log, rotationId, id, attempt, WorkerLoss.NeverAnswered);
        await StumbleAsync(delivery, WorkerLoss.NeverAnswered);
        return true;
    }

    private async Task<Heartbeat> BeginHeartbeatAsync(Delivery delivery)
    {
        var context = delivery.Context;
        var alive = delivery.Alive;
        // Another worker may have had it before. If this one vanishes too, the heartbeat shows over which partition.
        if (alive.Attempt > 1 || context.ReceiveContext.Redelivered)
            await context.SendAgainAsync(Queues.PartitionHeartbeat, alive);
        return new Heartbeat(context, alive, options.Heartbeat, clock, log);
    }

    private async Task WorkAsync(
        Delivery delivery,
        AttemptTime.Attempt attempted,
        Func<CancellationToken, Task<Unfinished?>> work
    )
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
            await delivery.Context.SendAgainAsync(
                Queues.PartitionReturned,
                delivery.Returned(
                    unfinished,
                    Deliveries.IsAlone(delivery.Context),
                    unfinished.OutOfTime || (unfinished.WasWorking && hadTime && attempted.IsOver)
                )
            );
        Count(delivery, unfinished is null ? "done" : "returned");
    }

    private async Task RefuseAsync(Delivery delivery, Refusal reason, string? detail)
    {
        var (rotationId, id, _) = delivery.Name;
        MeshLog.Refused(log, rotationId, id, GoalCheck.Explain(reason, detail));
        await PauseAsync(options.RefusalPause);
        // A command that may be forged proves nothing about who has its partition, so its refusal ends no attempt.
        var isOver = Deliveries.IsAlone(delivery.Context) && delivery.Unproven is null;
        await delivery.Context.SendAgainAsync(
            Queues.PartitionRefused,
            delivery.Refused(reason, detail, isOver)
        );
        Count(delivery, "refused");
    }

    private async Task FailAsync(Delivery delivery, Exception fault)
    {
        var (rotationId, id, attempt) = delivery.Name;
        var sqlState = (fault as PostgresException)?.SqlState;
        MeshLog.PartitionFailed(log, rotationId, id, attempt, sqlState ?? fault.GetType().Name);
        await delivery.Context.SendAgainAsync(
            Queues.PartitionFailed,
            delivery.Failed(sqlState, Faults.MayPass(fault)) with
            {
                // An answered statement has ended on the server; after a broken connection it may still run.
                IsOver = Deliveries.IsAlone(delivery.Context) && sqlState is not null,
            }
        );
        Count(delivery, "failed");
    }

    // Before anything was written.
    private async Task LeaveAsync(Delivery delivery, string cause)
    {
        var (rotationId, id, attempt) = delivery.Name;
        MeshLog.PartitionFailed(log, rotationId, id, attempt, cause);
        await delivery.Context.SendAgainAsync(
            Queues.PartitionFailed,
            delivery.Failed(sqlState: null, transient: false, cause) with
            {
                IsOver = Deliveries.IsAlone(delivery.Context),
            }
        );
        Count(delivery, "failed");
    }

    private async Task StumbleAsync(Delivery delivery, string cause)
    {
        await delivery.Context.SendAgainAsync(
            Queues.PartitionFailed,
            delivery.Failed(sqlState: null, transient: true, cause)
        );
        Count(delivery, "failed");
    }

    private void Count(Delivery delivery, string outcome)
    {
        delivery.Span?.SetTag(SpanTags.Outcome, outcome);
        var scope = delivery.Task.Partition.Scope;
        MeshMetrics.CountPartition(scope, outcome, clock.GetElapsedTime(delivery.Begun));
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
