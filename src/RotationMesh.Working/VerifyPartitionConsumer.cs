using MassTransit;
using RotationMesh.Bus;
using RotationMesh.Bus.Telemetry;
using RotationMesh.Contracts;
using RotationMesh.Core;
using RotationMesh.Tables.Ranges;

namespace RotationMesh.Working;

/// <summary>Decrypts the rows of a partition that claim the target version. It writes nothing, and may arrive twice.</summary>
internal sealed class VerifyPartitionConsumer(
    PartitionWork work,
    FailureLetters letters,
    MappedTables targets,
    RotatorPool pool,
    WorkerOptions options
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
        try
        {
            var (target, range) = await targets.FindAsync(command.RotationId, command.Partition, stopping);
            var outcome = await pool.VerifyAsync(verifier =>
                verifier.VerifyPartsAsync(
                    target,
                    range,
                    command.TargetVersion,
                    command.Sample < 1 ? command.Sample : null,
                    read =>
                    {
                        MeshMetrics.CountVerified(read.Verified - read.Failed - read.Empty);
                        options.Verified(read.Verified);
                    },
                    failed => letters.TellAsync(context, command.RotationId, MeshMetrics.Verifying, failed),
                    MappedTables.Place(command.Partition),
                    Parts.ToRead(command.CutShort),
                    stopping
                )
            );
            if (outcome.IsAway)
                throw new LeafAwayException(range.Leaf);
            if (outcome.IsStopped)
                return new Unfinished(outcome.Counts, WasWorking: outcome.WasReading, Rest: outcome.Rest);
            var result = new PartitionVerified(
                command.RotationId,
                command.Partition.PartitionId,
                command.Partition.Attempt,
                command.Partition.Dispatch,
                options.Name,
                outcome.Counts
            );
            await context.SendAgainAsync(Queues.PartitionVerified, result);
            return null;
        }
        catch (TableChangedException)
        {
            targets.Forget(command.Partition);
            return new Unfinished(RowCounts.None);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return new Unfinished(RowCounts.None); // most partitions are cheap to repeat
        }
        catch (Exception fault) when (fault is not SendTimeoutException)
        {
            targets.Forget(command.Partition);
            throw;
        }
    }
}
