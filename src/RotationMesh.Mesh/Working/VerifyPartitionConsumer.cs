using MassTransit;
using RotationMesh.Contracts;
using RotationMesh.Mesh.Telemetry;

namespace RotationMesh.Mesh.Working;

/// <summary>Decrypts the rows of a partition that claim the target version. It writes nothing, and may arrive twice.</summary>
internal sealed class VerifyPartitionConsumer(
    PartitionWork work,
    TableTargets targets,
    RotatorPool pool,
    WorkerOptions options,
    TimeProvider clock
) : IConsumer<VerifyPartition>
{
    /// <summary>Handles what the dispatcher sends.</summary>
    public Task Consume(ConsumeContext<VerifyPartition> context)
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
            stopping => VerifyAsync(context, command, stopping)
        );
    }

    private async Task<Unfinished?> VerifyAsync(
        ConsumeContext context,
        VerifyPartition command,
        CancellationToken stopping
    )
    {
        var started = clock.GetTimestamp();
        try
        {
            var (target, range) = await targets.FindAsync(command.Partition, stopping);
            var outcome = await pool.VerifyAsync(verifier =>
                verifier.VerifyAsync(
                    target,
                    range,
                    command.TargetVersion,
                    command.Sample < 1 ? command.Sample : null,
                    rows =>
                    {
                        MeshMetrics.CountVerified(rows);
                        options.Verified(rows);
                    },
                    failed => work.TellAsync(context, command.RotationId, failed),
                    stopping,
                    TableTargets.Place(command.Partition)
                )
            );
            var result = new PartitionVerified(
                command.RotationId,
                command.Partition.PartitionId,
                command.Partition.Attempt,
                options.Name,
                new RowCounts
                {
                    Rows = outcome.Rows,
                    Failed = outcome.Failed,
                    Empty = outcome.Empty,
                    Values = outcome.Values,
                },
                clock.GetElapsedTime(started)
            );
            await PartitionWork.SendAsync(context, Queues.PartitionVerified, result);
            return null;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return new Unfinished(new RowCounts()); // reading is cheap to repeat
        }
    }
}
