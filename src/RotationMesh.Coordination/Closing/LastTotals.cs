using RotationMesh.Contracts;
using RotationMesh.Control;
using RotationMesh.Control.Failures;
using RotationMesh.Control.Guards;
using RotationMesh.Control.Ledger;
using RotationMesh.Control.Rotations;
using RotationMesh.Coordination.Surveying;
using RotationMesh.Core;
using RotationMesh.Core.Map;
using RotationMesh.LocalOperations.Records;
using RotationMesh.LocalOperations.Verifying;

namespace RotationMesh.Coordination.Closing;

/// <summary>Draws up the closing totals of a rotation from its current rows, with the doubts about them.</summary>
internal sealed class LastTotals(
    RotationMap map,
    ControlDatabase control,
    LastLook lastLook,
    DetachedParts detached,
    ColumnDoubts columns,
    UnreadTables unread,
    ClosingDoubts doubts
)
{
    /// <summary>
    /// Counts the rows once more, unless the rotation was cancelled. <paramref name="verification"/> is the settled sweep
    /// that verified them; a cancelled rotation needs none. Throws <see cref="Npgsql.NpgsqlException"/> where the caller has lost its
    /// guard <paramref name="held"/>.
    /// </summary>
    public async Task<DrawnTotals> DrawAsync(
        HeldWork held,
        ConcludeRotation command,
        IReadOnlyList<SweepSummary> ledger,
        SweepSummary? verification,
        CancellationToken cancellationToken
    )
    {
        var last = command.Cancelled ? null : await lastLook.TakeAsync(command, cancellationToken);
        return await DrawAsync(held, command, ledger, verification, last, cancellationToken);
    }

    private async Task<DrawnTotals> DrawAsync(
        HeldWork held,
        ConcludeRotation command,
        IReadOnlyList<SweepSummary> ledger,
        SweepSummary? verification,
        LastCount? last,
        CancellationToken cancellationToken
    )
    {
        var known = await new RotationTableStore(control).ListAsync(command.RotationId, cancellationToken);
        if (last?.Awaited is { } awaited)
            return new DrawnTotals(Awaited: awaited);
        if (last?.RowsCameLate == true)
            return new DrawnTotals(RowsCameLate: true);
        var tables = last?.Tables(known) ?? known;
        var failures = await new RowFailureStore(control).ByTableAsync(
            command.RotationId,
            command.Goal.TargetVersion,
            cancellationToken
        );
        var closing = new ClosingTotals(tables, failures, ledger);
        var summary = ClosingSummary.Of(closing.Decrypted, [.. closing.Tables(command.Cancelled)]) with
        {
            Sweep = command.Sweep,
            Cancelled = command.Cancelled,
            FailedPartitions = command.Cancelled ? 0 : verification!.Failed,
            OpenWriters = last?.OpenWriters,
            Notes = [.. last?.Notes ?? [], .. Changing(verification), .. Uncounted(command, tables)],
            Doubts = last?.Doubts,
        };
        if (command.Cancelled)
            return new DrawnTotals(summary);
        try
        {
            return await DoubtAsync(
                held,
                command,
                tables,
                verification!,
                failures,
                new DrawnTotals(summary)
                {
                    Suspects = Unrecorded(verification, failures),
                    CountedAt = last?.CountedAt,
                },
                cancellationToken
            );
        }
        catch (Exception fault) when (ClosingDoubts.WhyNotNow(fault) is { } reason)
        {
            return new DrawnTotals(Awaited: reason);
        }
    }

    // Adds the doubts, and what was not read.
    private async Task<DrawnTotals> DoubtAsync(
        HeldWork held,
        ConcludeRotation command,
        IReadOnlyList<TableCount> tables,
        SweepSummary verification,
        IReadOnlyList<TableFailures> failures,
        DrawnTotals drawn,
        CancellationToken cancellationToken
    )
    {
        var other = await columns.FindAsync(held, command, tables, cancellationToken);
        if (other.Unrecorded is { } unrecorded)
            return new DrawnTotals(Awaited: unrecorded); // the retirement of a key would not know of these columns
        var lost = await LostAsync(command, cancellationToken);
        var elsewhere = await detached.FindFailedAsync(
            command.RotationId,
            Entries(command),
            cancellationToken
        );
        var summary = drawn.Summary!;
        IReadOnlyList<TableName> suspects = [];
        if (summary.IsClean())
            (summary, suspects) = await doubts.TellAsync(
                summary,
                command,
                tables,
                verification,
                cancellationToken
            );
        summary = summary with
        {
            Doubts =
            [
                .. lost.Select(parts => parts.Explain()),
                .. other.All.Select(column => column.Why),
                .. summary.Doubts ?? [],
            ],
        };
        var names = tables.Select(table => table.FullName).ToList();
        List<TableName> notRead = [];
        if (!summary.IsClean())
        {
            notRead.AddRange(names.Where(name => lost.Any(parts => parts.IsOf(name))));
            notRead.AddRange(other.All.Select(column => column.Table));
            notRead.AddRange(
                await unread.FindAsync(command, tables, verification, failures, cancellationToken)
            );
        }

        return drawn with
        {
            Summary = summary,
            Suspects = [.. drawn.Suspects, .. other.Replaced.Select(column => column.Table), .. suspects],
            Unread = notRead,
            NoReading =
            [
                .. names.Where(name =>
                    notRead.Contains(name) || lost.Concat(elsewhere).Any(parts => parts.IsOf(name))
                ),
            ],
        };
    }

    /// <summary>
    /// Counts the rows once more, and returns the same clean totals as of now; where this count does not bear them out, or a table
    /// changed since it was read, others.
    /// </summary>
    public async Task<DrawnTotals> CountAgainAsync(
        HeldWork held,
        ConcludeRotation command,
        IReadOnlyList<SweepSummary> ledger,
        SweepSummary? verification,
        DrawnTotals drawn,
        CancellationToken cancellationToken
    )
    {
        var last = await lastLook.TakeAsync(command, cancellationToken);
        try
        {
            return last.IsClean && await IsStillAsync(held, command, last, cancellationToken)
                ? drawn with
                {
                    Summary = drawn.Summary! with
                    {
                        OpenWriters = last.OpenWriters ?? drawn.Summary.OpenWriters,
                    },
                    CountedAt = last.CountedAt,
                }
                : await DrawAsync(held, command, ledger, verification, last, cancellationToken);
        }
        catch (Exception fault) when (ClosingDoubts.WhyNotNow(fault) is { } reason)
        {
            return new DrawnTotals(Awaited: reason);
        }
    }

    // Whether what was read before still says something of the rows that were counted now.
    private async Task<bool> IsStillAsync(
        HeldWork held,
        ConcludeRotation command,
        LastCount last,
        CancellationToken cancellationToken
    )
    {
        var known = await new RotationTableStore(control).ListAsync(command.RotationId, cancellationToken);
        var tables = last.Tables(known);
        var other = await columns.FindAsync(held, command, tables, cancellationToken);
        return other.Unrecorded is null
            && !other.All.Any()
            && await LostAsync(command, cancellationToken) is { Count: 0 }
            && await unread.AreAsReadAsync(command, tables, cancellationToken);
    }

    private Task<IReadOnlyList<LostParts>> LostAsync(
        ConcludeRotation command,
        CancellationToken cancellationToken
    ) => detached.FindAsync(command.RotationId, Entries(command), cancellationToken);

    private IReadOnlyList<TableEntry> Entries(ConcludeRotation command) =>
        [.. map.Tables.Where(table => command.Goal.Scopes.Contains(table.Scope))];

    // More rows did not decrypt than were recorded: the messages about some were lost, and a sample may miss them.
    private static IReadOnlyList<TableName> Unrecorded(
        SweepSummary? verification,
        IReadOnlyList<TableFailures> failures
    ) =>
        [
            .. (verification?.Tables ?? [])
                .Where(table =>
                    table.Counts.Failed
                    > (failures.SingleOrDefault(one => one.FullName == table.Table)?.Unreadable ?? 0)
                )
                .Select(table => table.Table),
        ];

    // Of a cancelled rotation: what is left of its tables is not known where a database was silent from the start.
    private IEnumerable<string> Uncounted(ConcludeRotation command, IReadOnlyList<TableCount> tables)
    {
        var uncounted = Entries(command)
            .Where(entry => !tables.Any(table => table.FullName == entry.FullName))
            .Select(entry => $"{entry.Name} (database {entry.Database})")
            .ToList();
        return command.Cancelled && uncounted.Count > 0
            ? [$"never counted, so that nobody knows how many rows are left there: {SomeNames.Of(uncounted)}"]
            : [];
    }

    private static IEnumerable<string> Changing(SweepSummary? verification) =>
        (verification?.Tables ?? [])
            .Select(table => ChangingRows.Describe(table.Table, table.Counts.Contended))
            .OfType<string>();
}
