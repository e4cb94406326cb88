using System.Diagnostics;
using MassTransit;
using Microsoft.Extensions.Logging;
using RotationMesh.Bus;
using RotationMesh.Contracts;
using RotationMesh.Control;
using RotationMesh.Control.Failures;
using RotationMesh.Control.Ledger;
using RotationMesh.Control.Rotations;
using RotationMesh.Coordination.Counting;
using RotationMesh.Coordination.Gating;
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
    ClosingDoubts doubts,
    LateWrites lateWrites,
    LastLook lastLook,
    RotationDatabases places,
    AskedTraces traces,
    WorkGuards guards,
    ILogger<ConcludeRotationConsumer> log
) : IConsumer<ConcludeRotation>
{
    /// <summary>Time for the application's answers beyond which the rows are counted once more.</summary>
    private static readonly TimeSpan BriefAnswer = TimeSpan.FromSeconds(5);

    /// <summary>Handles the command of the state Verifying, once it is settled, and of Cancelled.</summary>
    public async Task Consume(ConsumeContext<ConcludeRotation> context)
    {
        var command = context.Message;
        if (!command.Cancelled && goals.Explain(command.Goal) is { } difference)
        {
            await context.PublishAsync(new RotationStalled(command.RotationId, difference));
            return; // rows that another map leaves out would go unnoticed
        }

        await using var alone = await guards.TryHoldAsync(context, "conclude", command.RotationId);
        if (alone is null)
            return; // another coordinator does this and will answer
        if (await FindWantedAsync(command, context.CancellationToken) is not { } rotation)
            return; // late: what has ended keeps its totals, and a retry writes new ones at its end
        var ledger = await new LedgerSummary(control).ReadAsync(
            command.RotationId,
            context.CancellationToken
        );
        if (ledger.Any(sweep => sweep.Tables.Any(table => table.Dispatched > 0)))
            return; // dispatched partitions end first; the next nudge asks again
        var phase = command.Cancelled ? SweepPhase.Rotate : SweepPhase.Verify;
        var key = new SweepKey(command.RotationId, command.Sweep, phase);
        var verification = ledger.SingleOrDefault(sweep => sweep.Key == key);
        if (!command.Cancelled && verification is not { IsSettled: true })
            return; // the ledger does not confirm that verification is settled
        var writes = await lateWrites.FindAsync(command.RotationId, ledger, context.CancellationToken);
        if ((command.Cancelled ? writes.OfCancelled : writes.All) is { } awaited)
        {
            await context.PublishAsync(new RotationStalled(command.RotationId, awaited));
            return; // the next nudge asks again
        }

        if (
            !command.Cancelled
            && await places.ExplainUnknownAsync(command.RotationId, context.CancellationToken)
                is { } elsewhere
        )
        {
            await context.PublishAsync(new RotationStalled(command.RotationId, elsewhere));
            return; // another coordinator may have the rotation's database
        }

        await arrival.WaitAsync(key, command.Goal.TargetVersion, context.CancellationToken);
        if (await SummarizeAsync(context, ledger, verification) is not { } summary)
            return; // another message was published instead
        if (summary.IsClean())
        {
            var asked = Stopwatch.GetTimestamp();
            var answers = await AskAsync(command, context.CancellationToken);
            if (Stopwatch.GetElapsedTime(asked) > BriefAnswer)
            {
                if (await SummarizeAsync(context, ledger, verification) is not { } since)
                    return;
                summary = since;
            }

            summary = summary with { PostChecks = answers };
        }

        if (await FindWantedAsync(command, context.CancellationToken) is not { ReadAt: var now })
            return;
        summary = summary with
        {
            Reason = ReasonOf(summary),
            AuditSequence = rotation.AuditSequence,
            WrittenAt = now,
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
            return; // the rotation has changed meanwhile
        postChecks.Forget(command.RotationId);
        if (summary.IsClean())
            await ResumeWorkersAsync(command.RotationId, context.CancellationToken);
        if (!await alone.IsAliveAsync())
            return; // frozen meanwhile: another coordinator may have taken over
        await context.PublishAsync(new RotationConcluded(command.RotationId, command.Sweep));
        // A duplicate command reports the span twice.
        await traces.ReportAsync(
            command.RotationId,
            rotation.StartedAt,
            command.Cancelled ? "cancelled" : "concluded",
            context.CancellationToken
        );
    }

    // The totals from the current rows, with doubts about them; null where another message was published instead.
    private async Task<ClosingSummary?> SummarizeAsync(
        ConsumeContext<ConcludeRotation> context,
        IReadOnlyList<SweepSummary> ledger,
        SweepSummary? verification
    )
    {
        var command = context.Message;
        var known = await new RotationTableStore(control).ListAsync(
            command.RotationId,
            context.CancellationToken
        );
        var last = command.Cancelled ? null : await lastLook.TakeAsync(command, context.CancellationToken);
        if (last?.Awaited is { } awaited)
        {
            await context.PublishAsync(new RotationStalled(command.RotationId, awaited));
            return null; // the next nudge asks again
        }

        if (last?.RowsCameLate == true)
        {
            await context.PublishAsync(new RowsCameLate(command.RotationId, command.Sweep));
            return null;
        }

        var tables = last?.Tables(known) ?? known;
        var closing = new ClosingTotals(
            tables,
            await new RowFailureStore(control).ByTableAsync(
                command.RotationId,
                command.Goal.TargetVersion,
                context.CancellationToken
            ),
            ledger
        );
        var summary = ClosingSummary.Of(closing.Decrypted, [.. closing.Tables(command.Cancelled)]) with
        {
            Sweep = command.Sweep,
            Cancelled = command.Cancelled,
            FailedPartitions = command.Cancelled ? 0 : verification!.Failed,
            OpenWriters = last?.OpenWriters,
            Notes = last?.Notes,
            Doubts = last?.Strays,
        };
        if (!summary.IsClean())
            return summary;
        try
        {
            return await doubts.TellAsync(summary, command, tables, verification!, context.CancellationToken);
        }
        catch (Exception fault) when (ClosingDoubts.WhyNotNow(fault) is { } reason)
        {
            await context.PublishAsync(new RotationStalled(command.RotationId, reason));
            return null; // the next nudge asks again
        }
    }

    private static string? ReasonOf(ClosingSummary summary) =>
        summary.OpenWriters
        ?? (
            summary.Doubts is { Count: > 0 } doubts
                ? string.Join("; ", doubts)
                : PostChecks.Fault(summary.PostChecks ?? [])
        );

    // A duplicate command gets the first answers: the outcome must not change.
    private async Task<IReadOnlyList<PostCheckDocument>> AskAsync(
        ConcludeRotation command,
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
            ? answered
            : await postChecks.AskAsync(command.RotationId, command.Sweep, cancellationToken);
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
