using MassTransit;
using Microsoft.Extensions.Logging;
using RotationMesh.Bus;
using RotationMesh.Contracts;
using RotationMesh.Control;
using RotationMesh.Control.Failures;
using RotationMesh.Control.Guards;
using RotationMesh.Control.Ledger;
using RotationMesh.Control.Rotations;
using RotationMesh.Coordination.Counting;
using RotationMesh.Coordination.Gating;
using RotationMesh.Coordination.Saga;
using RotationMesh.Coordination.Surveying;
using RotationMesh.Core;
using RotationMesh.Core.Gates;
using RotationMesh.Core.Keys;
using RotationMesh.LocalOperations.Gating;
using RotationMesh.LocalOperations.Records;
using RotationMesh.Operations.Documents;

namespace RotationMesh.Coordination.Closing;

/// <summary>
/// Writes the closing totals of a rotation from a last count of its rows. If everything is verified and this process'
/// own check agrees, it runs the map's post-checks; if they pass, it resumes the workers that the rotation paused.
/// </summary>
internal sealed class ConcludeRotationConsumer(
    GoalCheck goals,
    ControlDatabase control,
    KeyRing ring,
    FailureArrival arrival,
    QueuePauses pauses,
    PostChecks postChecks,
    LateWrites lateWrites,
    LastTotals totals,
    RotationDatabases places,
    AskedTraces traces,
    WorkGuards guards,
    ILogger<ConcludeRotationConsumer> log
) : GuardedCommand<ConcludeRotation>(guards)
{
    /// <summary>
    /// Time since the count beyond which the rows are counted once more. What looks for doubts may take hours, and the process may
    /// be frozen meanwhile. Where the application's answers take so long, doubts are looked for once more too.
    /// </summary>
    private static readonly TimeSpan Brief = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Another map or key than the rotation's: rows that the map leaves out would go unnoticed. Of a cancelled rotation
    /// none are counted.
    /// </summary>
    protected override string? ExplainUnfit(ConcludeRotation command) =>
        command.Cancelled ? null : goals.Explain(command.Goal);

    /// <summary>Handles the command of the state Verifying, once it is settled, and of Cancelled.</summary>
    protected override async Task<string?> RunAsync(ConsumeContext<ConcludeRotation> context, HeldWork alone)
    {
        var command = context.Message;
        if (await FindWantedAsync(command, context.CancellationToken) is not { } rotation)
            return null; // late: what has ended keeps its totals, and a retry writes new ones at its end
        var ledger = await new LedgerSummary(control).ReadAsync(
            command.RotationId,
            context.CancellationToken
        );
        if (ledger.Any(sweep => sweep.Tables.Any(table => table.Dispatched > 0)))
            return null; // dispatched partitions end first; the next nudge asks again
        var phase = command.Cancelled ? SweepPhase.Rotate : SweepPhase.Verify;
        var key = new SweepKey(command.RotationId, command.Sweep, phase);
        var verification = ledger.SingleOrDefault(sweep => sweep.Key == key);
        if (!command.Cancelled && verification is not { IsSettled: true })
            return null; // the ledger does not confirm that verification is settled
        var writes = await lateWrites.FindAsync(command.RotationId, ledger, context.CancellationToken);
        if ((command.Cancelled ? writes.OfCancelled : writes.All) is { } awaited)
            return awaited;
        if (
            !command.Cancelled
            && await places.ExplainUnknownAsync(command.RotationId, command.Goal, context.CancellationToken)
                is { } elsewhere
        )
            return elsewhere; // another coordinator may have the rotation's database
        await arrival.WaitAsync(key, command.Goal.TargetVersion, context.CancellationToken);
        var drawn = await totals.DrawAsync(alone, command, ledger, verification, context.CancellationToken);
        if (drawn.Summary is not { } summary)
            return await WithoutTotalsAsync(context, alone, drawn);
        if (summary.IsClean())
        {
            var asked = await control.NowAsync(context.CancellationToken);
            var answers = await AskAsync(command, rotation, context.CancellationToken);
            if (await control.NowAsync(context.CancellationToken) - asked > Brief)
                drawn = await totals.DrawAsync(
                    alone,
                    command,
                    ledger,
                    verification,
                    context.CancellationToken
                );
            if (
                drawn is { Summary: not null, CountedAt: { } counted }
                && await control.NowAsync(context.CancellationToken) - counted > Brief
            )
                drawn = await totals.CountAgainAsync(
                    alone,
                    command,
                    ledger,
                    verification,
                    drawn,
                    context.CancellationToken
                );
            if (drawn.Summary is not { } since)
                return await WithoutTotalsAsync(context, alone, drawn);
            summary = since with { PostChecks = answers };
        }

        if (await FindWantedAsync(command, context.CancellationToken) is not { ReadAt: var now })
            return null;
        await RotationTableStore.MarkWholeAsync(
            alone,
            command.RotationId,
            drawn.Suspects,
            context.CancellationToken
        );
        if (!command.Cancelled)
            await RotationTableStore.MarkUnreadAsync(
                alone,
                rotation,
                drawn.NoReading,
                context.CancellationToken
            );
        await RowFailureStore.KeepAsync(alone, command.RotationId, drawn.Unread, context.CancellationToken);
        summary = summary with
        {
            Reason = ReasonOf(summary),
            AuditSequence = rotation.AuditSequence,
            Rules = ClosingSummary.CurrentRules,
            // Of clean ones, when the rows had been counted. Others stay true, however long their doubts took to find.
            WrittenAt = summary.IsClean() ? drawn.CountedAt ?? now : now,
        };
        if (
            !await SummaryStore.WriteAsync(
                alone,
                rotation,
                summary.ToJson(),
                summary.SealFor(ring, command.RotationId),
                context.CancellationToken
            )
        )
            return null; // the rotation has changed meanwhile
        postChecks.Forget(command.RotationId);
        if (!await alone.IsAliveAsync())
            return null; // frozen meanwhile: another coordinator may have taken over, and may need the workers paused
        if (summary.IsClean())
            await ResumeWorkersAsync(command.RotationId, context.CancellationToken);
        await context.PublishAsync(new RotationConcluded(command.RotationId));
        // A duplicate command reports the span twice.
        await traces.ReportAsync(
            command.RotationId,
            rotation.StartedAt,
            command.Cancelled ? "cancelled" : "concluded",
            context.CancellationToken
        );
        return null;
    }

    // Tells the saga of rows that came late; returns what the totals wait for otherwise.
    private async Task<string?> WithoutTotalsAsync(
        ConsumeContext<ConcludeRotation> context,
        HeldWork alone,
        DrawnTotals drawn
    )
    {
        if (!drawn.RowsCameLate)
            return drawn.Awaited;
        await SummaryStore.WithdrawAsync(alone, context.Message.RotationId, context.CancellationToken);
        postChecks.Forget(context.Message.RotationId);
        await context.PublishAsync(new RowsCameLate(context.Message.RotationId, context.Message.Sweep));
        return drawn.Awaited;
    }

    private static string? ReasonOf(ClosingSummary summary) =>
        summary.OpenWriters
        ?? (
            summary.Doubts is { Count: > 0 } doubts
                ? string.Join("; ", doubts)
                : PostChecks.Fault(summary.PostChecks ?? [])
        );

    // A duplicate command gets the first answers: the outcome must not change. Totals that the saga refuses as old give none.
    private async Task<IReadOnlyList<PostCheckDocument>> AskAsync(
        ConcludeRotation command,
        RunningRotation rotation,
        CancellationToken cancellationToken
    )
    {
        var (written, seal) = await new SummaryStore(control).FindWrittenAsync(
            command.RotationId,
            cancellationToken
        );
        return
            ClosingSummary.Read(ring, command.RotationId, written, seal)
                is { PostChecks: { } answered } before
            && before.Sweep == command.Sweep
            && before.AuditSequence == rotation.AuditSequence
            && before.Rules == ClosingSummary.CurrentRules
            && Rotation.IsGood(rotation.ReadAt - before.WrittenAt)
            ? answered
            : await postChecks.AskAsync(
                command.RotationId,
                command.Sweep,
                rotation.AuditSequence,
                cancellationToken
            );
    }

    // The rotation to conclude; null where the command is late.
    private async Task<RunningRotation?> FindWantedAsync(
        ConcludeRotation command,
        CancellationToken cancellationToken
    ) =>
        await new RunningRotations(control).FindAsync(command.RotationId, cancellationToken)
            is { Concluded: false } rotation
        && rotation.Sweep == command.Sweep
        && rotation.State == (command.Cancelled ? RotationState.Cancelled : RotationState.Verifying)
            ? rotation
            : null;

    // All is verified, so the workers may continue. A queue that can't be resumed now is remembered, and blocks
    // nothing.
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
