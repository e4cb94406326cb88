using RotationMesh.Contracts;
using RotationMesh.Control;
using RotationMesh.Control.Failures;
using RotationMesh.Control.Ledger;
using RotationMesh.Control.Rotations;
using RotationMesh.Core.Map;
using RotationMesh.LocalOperations.Records;
using RotationMesh.LocalOperations.Verifying;

namespace RotationMesh.Coordination.Closing;

/// <summary>Draws up the closing totals of a rotation from its current rows, with the doubts about them.</summary>
internal sealed class LastTotals(ControlDatabase control, LastLook lastLook, ClosingDoubts doubts)
{
    /// <summary>
    /// Counts the rows once more, unless the rotation was cancelled. <paramref name="verification"/> is the settled sweep
    /// that verified them; a cancelled rotation needs none.
    /// </summary>
    public async Task<DrawnTotals> DrawAsync(
        ConcludeRotation command,
        IReadOnlyList<SweepSummary> ledger,
        SweepSummary? verification,
        CancellationToken cancellationToken
    )
    {
        var known = await new RotationTableStore(control).ListAsync(command.RotationId, cancellationToken);
        var last = command.Cancelled ? null : await lastLook.TakeAsync(command, cancellationToken);
        if (last?.Awaited is { } awaited)
            return new DrawnTotals(Awaited: awaited);
        if (last?.RowsCameLate == true)
            return new DrawnTotals(RowsCameLate: true);
        var tables = last?.Tables(known) ?? known;
        var closing = new ClosingTotals(
            tables,
            await new RowFailureStore(control).ByTableAsync(
                command.RotationId,
                command.Goal.TargetVersion,
                cancellationToken
            ),
            ledger
        );
        var summary = ClosingSummary.Of(closing.Decrypted, [.. closing.Tables(command.Cancelled)]) with
        {
            Sweep = command.Sweep,
            Cancelled = command.Cancelled,
            FailedPartitions = command.Cancelled ? 0 : verification!.Failed,
            OpenWriters = last?.OpenWriters,
            Notes = [.. last?.Notes ?? [], .. Changing(verification)],
            Doubts = last?.Strays,
        };
        if (!summary.IsClean())
            return new DrawnTotals(summary) { CountedAt = last?.CountedAt };
        try
        {
            var (told, suspects) = await doubts.TellAsync(
                summary,
                command,
                tables,
                verification!,
                cancellationToken
            );
            return new DrawnTotals(told) { Suspects = suspects, CountedAt = last?.CountedAt };
        }
        catch (Exception fault) when (ClosingDoubts.WhyNotNow(fault) is { } reason)
        {
            return new DrawnTotals(Awaited: reason);
        }
    }

    /// <summary>Counts the rows once more, and returns the same totals as of now, unless rows came or are awaited.</summary>
    public async Task<DrawnTotals> CountAgainAsync(
        ConcludeRotation command,
        DrawnTotals drawn,
        CancellationToken cancellationToken
    )
    {
        var last = await lastLook.TakeAsync(command, cancellationToken);
        if (last.Awaited is { } awaited)
            return new DrawnTotals(Awaited: awaited);
        return last.RowsCameLate
            ? new DrawnTotals(RowsCameLate: true)
            : drawn with
            {
                Summary = drawn.Summary! with { OpenWriters = last.OpenWriters ?? drawn.Summary.OpenWriters },
                CountedAt = last.CountedAt,
            };
    }

    // Few rows, else the count of those that were verified is a doubt (ClosingDoubts).
    private static IEnumerable<string> Changing(SweepSummary? verification) =>
        (verification?.Tables ?? [])
            .Select(table => ChangingRows.Describe(table.Table, table.Counts.Contended))
            .OfType<string>();
}

/// <summary>The closing totals, or why there are none.</summary>
/// <param name="Summary">The totals; null where there are none.</param>
/// <param name="Awaited">What they wait for, for the operator; null where they wait for nothing.</param>
/// <param name="RowsCameLate">Whether rows came since the last census, so that the rotation goes on.</param>
internal sealed record DrawnTotals(
    ClosingSummary? Summary = null,
    string? Awaited = null,
    bool RowsCameLate = false
)
{
    /// <summary>When the rows had been counted; null where they were not, as after a cancel.</summary>
    public DateTime? CountedAt { get; init; }

    /// <summary>Tables that the next verification has to read wholly.</summary>
    public IReadOnlyList<TableName> Suspects { get; init; } = [];
}
