using System.Text.Json;
using MassTransit;
using Microsoft.Extensions.Logging;
using RotationMesh.Contracts;
using RotationMesh.Core;
using RotationMesh.Core.Gates;
using RotationMesh.Engine.Gating;
using RotationMesh.Engine.Operating;
using RotationMesh.Postgres.Control;
using RotationMesh.Postgres.Control.Ledger;

namespace RotationMesh.Mesh.Coordination;

/// <summary>
/// Writes the closing totals of a rotation, by its last census, and resumes the workers that it paused where all of it has
/// been verified.
/// </summary>
internal sealed class ConcludeRotationConsumer(
    ControlDatabase control,
    FailureArrival arrival,
    QueuePauses pauses,
    ILogger<ConcludeRotationConsumer> log
) : IConsumer<ConcludeRotation>
{
    /// <summary>Handles the command of the state Verifying, once it is settled, and of Cancelled.</summary>
    public async Task Consume(ConsumeContext<ConcludeRotation> context)
    {
        var command = context.Message;
        var ledger = await new LedgerSummary(control.Source).ReadAsync(
            command.RotationId,
            context.CancellationToken
        );
        if (ledger.Any(sweep => sweep.Tables.Any(table => table.Dispatched > 0)))
            return; // partitions in hand end first; the next nudge asks again
        var phase = command.Cancelled ? SweepPhase.Rotate : SweepPhase.Verify;
        await arrival.WaitAsync(
            new SweepKey(command.RotationId, command.Sweep, phase),
            command.Goal.TargetVersion,
            context.CancellationToken
        );
        var closing = new ClosingTotals(
            await new RotationTableStore(control.Source).ListAsync(
                command.RotationId,
                context.CancellationToken
            ),
            await new RowFailureStore(control.Source).ByTableAsync(
                command.RotationId,
                command.Goal.TargetVersion,
                context.CancellationToken
            ),
            ledger
        );
        var summary = new ClosingSummary(closing.Verified, [.. closing.Tables(command.Cancelled)]);
        await new SummaryStore(control.Source).WriteAsync(
            command.RotationId,
            JsonSerializer.Serialize(summary),
            context.CancellationToken
        );
        var unverified = ledger.Where(sweep =>
            sweep.Key.Phase == SweepPhase.Verify && sweep.Key.Sweep == command.Sweep
        );
        var concluded = new RotationConcluded(
            command.RotationId,
            command.Sweep,
            unverified.Sum(sweep => sweep.Failed),
            summary.Counts()
        );
        if (!command.Cancelled && concluded is { FailedPartitions: 0, Counts.Failed: 0 })
            await ResumeWorkersAsync(command.RotationId, context.CancellationToken);
        await context.Publish(concluded);
    }

    // Verified: the workers may go on. A queue that can't be resumed now is remembered, and holds up nothing.
    private async Task ResumeWorkersAsync(Guid rotationId, CancellationToken cancellationToken)
    {
        try
        {
            await pauses.ResumeAsync(rotationId, cancellationToken);
        }
        catch (Exception e) when (e is GateClosedException or UsageException)
        {
            MeshLog.QueuesStayPaused(log, rotationId, e.Message);
        }
    }
}
