using MassTransit;
using RotationMesh.Bus;
using RotationMesh.Bus.Telemetry;
using RotationMesh.Contracts;
using RotationMesh.Core;
using RotationMesh.Tables;
using RotationMesh.Tables.Ranges;
using RotationMesh.Tables.Rows;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Working;

/// <summary>Rewrites the rows of a partition. It may arrive twice or late: rows at the target version are left alone.</summary>
internal sealed class RotatePartitionConsumer(
    PartitionWork work,
    FailureLetters letters,
    MappedTables targets,
    RotatorPool pool,
    WorkerOptions options
) : IConsumer<RotatePartition>
{
    /// <summary>Handles what the dispatcher sends.</summary>
    public Task Consume(ConsumeContext<RotatePartition> context)
    {
        var command = context.Message;
        return work.RunAsync(
            context,
            new PartitionTask(
                command.RotationId,
                command.Partition,
                command.MapHash,
                command.TargetVersion,
                command.TargetFingerprint
            ),
            async stopping =>
            {
                try
                {
                    return await RotateAsync(context, command, stopping);
                }
                catch (Exception fault) when (fault is not SendTimeoutException)
                {
                    targets.Forget(command.Partition);
                    throw;
                }
            }
        );
    }

    private async Task<Unfinished?> RotateAsync(
        ConsumeContext context,
        RotatePartition command,
        CancellationToken stopping
    )
    {
        if (await TryFindAsync(command, stopping) is not var (target, range))
            return new Unfinished(RowCounts.None);
        var settings = new RotationSettings(
            new RotationTarget(command.TargetVersion, command.AllowDowngrade),
            command.BatchSize,
            DryRun: false
        )
        {
            IsLastSweep = command.IsLastSweep,
        };
        var term = new WriteTerm(
            command.RotationId,
            DateTime.SpecifyKind(command.WriteUntil, DateTimeKind.Utc)
        )
        {
            Place = MappedTables.Place(command.Partition),
        };
        var outcome = await pool.RotateAsync(
            settings,
            rotator =>
                rotator.RotateAsync(
                    target,
                    range,
                    term,
                    Parts.ToRewrite(range, command.CutShort),
                    failed => letters.TellAsync(context, command.RotationId, MeshMetrics.Rotating, failed),
                    stopping
                )
        );
        if (!outcome.Finished)
        {
            if (!outcome.OutOfTime)
                targets.Forget(command.Partition);
            return new Unfinished(
                outcome.Counts,
                outcome.OutOfTime,
                WasWorking: outcome.Counts != RowCounts.None,
                outcome.Rest
            );
        }

        var result = new PartitionRotated(
            command.RotationId,
            command.Partition.PartitionId,
            command.Partition.Attempt,
            command.Partition.Dispatch,
            options.Name,
            outcome.Counts,
            Deliveries.IsAlone(context)
        );
        await context.SendAgainAsync(Queues.PartitionRotated, result);
        return null;
    }

    // Null where the worker stops while another session keeps the table locked.
    private async Task<(MappedTable, PartitionRange)?> TryFindAsync(
        RotatePartition command,
        CancellationToken stopping
    )
    {
        try
        {
            return await targets.FindAsync(command.RotationId, command.Partition, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return null;
        }
    }
}
