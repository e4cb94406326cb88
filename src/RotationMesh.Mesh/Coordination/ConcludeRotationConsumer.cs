using System.Text.Json;
using MassTransit;
using Microsoft.Extensions.Logging;
using RotationMesh.Contracts;
using RotationMesh.Core;
using RotationMesh.Core.Gates;
using RotationMesh.Core.Tracing;
using RotationMesh.Engine.Gating;
using RotationMesh.Engine.Operating;
using RotationMesh.Mesh.Telemetry;
using RotationMesh.Operations.Documents;
using RotationMesh.Postgres.Control;
using RotationMesh.Postgres.Control.Ledger;

namespace RotationMesh.Mesh.Coordination;

/// <summary>
/// Writes the closing totals of a rotation, by its last census. Where all of it has been verified, the map's post-checks
/// are asked; where they pass, the workers that it paused are resumed.
/// </summary>
internal sealed class ConcludeRotationConsumer(
    ControlDatabase control,
    FailureArrival arrival,
    QueuePauses pauses,
    PostChecks postChecks,
    AskedTraces traces,
    ILogger<ConcludeRotationConsumer> log
) : IConsumer<ConcludeRotation>
{
    /// <summary>Handles the command of the state Verifying, once it is settled, and of Cancelled.</summary>
    public async Task Consume(ConsumeContext<ConcludeRotation> context)
    {
        var command = context.Message;
        await using var alone = await new RotationGuard(control.Source).TryHoldAsync(
            "conclude",
            command.RotationId,
            context.CancellationToken
        );
        if (alone is null)
            return; // somebody is at it and will answer
        if (!await IsWantedAsync(command, context.CancellationToken))
            return; // late: what has ended keeps its totals, and a retry writes new ones at its end
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
        var summary = new ClosingSummary(closing.Verified, [.. closing.Tables(command.Cancelled)])
        {
            Sweep = command.Sweep,
        };
        var unverified = ledger.Where(sweep =>
            sweep.Key.Phase == SweepPhase.Verify && sweep.Key.Sweep == command.Sweep
        );
        var concluded = new RotationConcluded(
            command.RotationId,
            command.Sweep,
            unverified.Sum(sweep => sweep.Failed),
            summary.Counts()
        );
        var verified = !command.Cancelled && concluded is { FailedPartitions: 0, Counts.Failed: 0 };
        var answers = verified ? await AskAsync(command, context.CancellationToken) : null;
        await new SummaryStore(control.Source).WriteAsync(
            command.RotationId,
            JsonSerializer.Serialize(summary with { PostChecks = answers }),
            context.CancellationToken
        );
        var fault = PostChecks.Fault(answers ?? []);
        if (verified && fault is null)
            await ResumeWorkersAsync(command.RotationId, context.CancellationToken);
        await context.Publish(concluded with { PostCheckFault = fault });
        await TraceAsync(command, context.CancellationToken);
    }

    // A span is told when it has ended; the end of a rotation is here. One that comes twice is told twice.
    private async Task TraceAsync(ConcludeRotation command, CancellationToken cancellationToken)
    {
        var asked = await traces.FindAsync(command.RotationId, cancellationToken);
        if (
            !Spans.AreCollected
            || await new RunningRotations(control.Source).FindAsync(command.RotationId, cancellationToken)
                is not { } rotation
        )
            return;
        using var span = Spans.Rotation(command.RotationId, rotation.StartedAt, asked);
        span?.SetTag(SpanTags.Outcome, command.Cancelled ? "cancelled" : "concluded");
    }

    // A command that comes twice is answered as the first time: the end must not change its mind.
    private async Task<IReadOnlyList<PostCheckDocument>> AskAsync(
        ConcludeRotation command,
        CancellationToken cancellationToken
    )
    {
        var written = await new SummaryStore(control.Source).FindWrittenAsync(
            command.RotationId,
            cancellationToken
        );
        return
            written is not null
            && JsonSerializer.Deserialize<ClosingSummary>(written) is { PostChecks: { } answered } before
            && before.Sweep == command.Sweep
            ? answered
            : await postChecks.AskAsync(command.RotationId, cancellationToken);
    }

    private async Task<bool> IsWantedAsync(ConcludeRotation command, CancellationToken cancellationToken) =>
        await new RunningRotations(control.Source).FindAsync(command.RotationId, cancellationToken)
            is { Concluded: false } rotation
        && rotation.Sweep == command.Sweep
        && rotation.State == (command.Cancelled ? "Cancelled" : "Verifying");

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
