using MassTransit;
using Microsoft.Extensions.Logging;
using Npgsql;
using RotationMesh.Contracts;
using RotationMesh.Core;
using RotationMesh.Core.Tracing;
using RotationMesh.Mesh.Sealing;
using RotationMesh.Mesh.Telemetry;
using RotationMesh.Postgres.Control.Ledger;
using RotationMesh.Postgres.Target;
using RotationMesh.Postgres.Target.Rows;
using Refusal = RotationMesh.Contracts.Refusal;

namespace RotationMesh.Mesh.Working;

/// <summary>
/// What is the same for every partition, whatever is done to its rows: refuse it where map or key differ, say that it is
/// alive, and end it with exactly one result.
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
    /// Runs <paramref name="work"/>, which sends the partition's result and returns null, or returns what it has done where
    /// it was stopped before the last row. A failure of the database is the partition's result too; the ledger decides whether it is tried again.
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
            // Delivered again where the connection is lost, and else given to others when its lease is over.
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

        // What may be forged says nothing of who is at its partition: of that attempt nobody is over.
        var unproven = context.TryGetPayload<SealExamination>(out var seal) ? seal.Fault : null;
        async Task RefuseAsync(Refusal reason, string? detail = null)
        {
            MeshLog.Refused(log, rotationId, id, GoalCheck.Explain(reason, detail));
            await PauseAsync(options.RefusalPause);
            await SendAsync(
                context,
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
            // Given back with a strike, rather than to be one more worker that vanishes over it.
            MeshLog.PartitionFailed(log, rotationId, id, attempt, VanishedWorkers.NeverAnswered);
            await SendAsync(
                context,
                Queues.PartitionFailed,
                new PartitionFailed(
                    rotationId,
                    id,
                    attempt,
                    worker,
                    null,
                    true,
                    VanishedWorkers.NeverAnswered
                )
            );
            Count("failed");
            return;
        }

        var alive = new PartitionHeartbeat(rotationId, id, attempt, worker);
        // Somebody had it before: should this worker vanish as well, it is known over what.
        if (attempt > 1 || context.ReceiveContext.Redelivered)
            await SendAsync(context, Queues.PartitionHeartbeat, alive);
        await using var heartbeat = new Heartbeat(context, alive, options.Heartbeat, clock, log);
        try
        {
            var hadTime = false; // and did not wait for its turn until little was left
            var unfinished = await turns.RunAsync(
                stopping =>
                {
                    hadTime = attempted.IsYoung;
                    return work(stopping);
                },
                attempted.Token
            );
            if (unfinished is not null)
                await SendAsync(
                    context,
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
        catch (Exception fault) when (Faults.IsOfThisWorker(fault, out var lack))
        {
            await RefuseAsync(Refusal.DatabaseOutOfReach, lack); // others may have what it lacks
        }
        catch (Exception fault) when (Faults.IsOfDatabase(fault) || fault is InvalidOperationException)
        {
            var sqlState = (fault as PostgresException)?.SqlState;
            MeshLog.PartitionFailed(log, rotationId, id, attempt, sqlState ?? fault.GetType().Name);
            await SendAsync(
                context,
                Queues.PartitionFailed,
                new PartitionFailed(rotationId, id, attempt, worker, sqlState, Faults.MayPass(fault))
                {
                    // What the server answered is at its end there; after a connection that broke, a statement may go on.
                    IsOver = Deliveries.IsAlone(context) && sqlState is not null,
                }
            );
            Count("failed");
        }
        catch (Exception fault) when (fault is not (OperationCanceledException or SendTimeoutException))
        {
            // Of the program: it goes to the dead letters as well, where somebody looks for such things.
            await SendAsync(
                context,
                Queues.PartitionFailed,
                new PartitionFailed(rotationId, id, attempt, worker, null, true, fault.GetType().Name)
            );
            Count("failed");
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => turns.Dispose();

    /// <summary>Sends to one queue, and not through the token of a consumer that is being stopped: results must leave.</summary>
    public static Task SendAsync<T>(ConsumeContext context, string queue, T message)
        where T : class => context.SendAgainAsync(queue, message, CancellationToken.None);

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
