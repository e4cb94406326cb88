using MassTransit;
using RotationMesh.Bus;
using RotationMesh.Bus.Telemetry;
using RotationMesh.Contracts;
using RotationMesh.Tables.Verification;

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
    /// <summary>Cuts after which parts get no smaller: of ten million pages (80 GB), a part then has 300.</summary>
    private const int MostCuts = 5;

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
            var (target, range) = await targets.FindAsync(command.Partition, stopping);
            var outcome = await pool.VerifyAsync(verifier =>
                verifier.VerifyPartsAsync(
                    target,
                    range,
                    command.TargetVersion,
                    command.Sample < 1 ? command.Sample : null,
                    rows =>
                    {
                        MeshMetrics.CountVerified(rows);
                        options.Verified(rows);
                    },
                    failed => letters.TellAsync(context, command.RotationId, failed),
                    MappedTables.Place(command.Partition),
                    Parts(command.CutShort),
                    stopping
                )
            );
            if (outcome.IsStopped)
                return new Unfinished(
                    Counts(outcome),
                    WasReading: outcome.WasReading,
                    Rest: outcome.Rest is { } rest ? new PageRange(rest.From, rest.To) : null
                );
            var result = new PartitionVerified(
                command.RotationId,
                command.Partition.PartitionId,
                command.Partition.Attempt,
                options.Name,
                Counts(outcome)
            );
            await context.SendAgainAsync(Queues.PartitionVerified, result);
            return null;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return new Unfinished(new RowCounts()); // most partitions are cheap to repeat
        }
    }

    /// <summary>Number of parts after each of which progress is kept. Each cut makes them an eighth as large.</summary>
    internal static int Parts(int cutShort) => 1 << (3 * Math.Clamp(cutShort, 0, MostCuts));

    private static RowCounts Counts(VerificationOutcome outcome) =>
        new()
        {
            Rows = outcome.Rows,
            Failed = outcome.Failed,
            Empty = outcome.Empty,
            Values = outcome.Values,
        };
}
