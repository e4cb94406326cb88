using RotationMesh.Control.Failures;
using RotationMesh.Control.Ledger;
using RotationMesh.Control.Rotations;
using RotationMesh.Core;
using RotationMesh.Operations.Documents;

namespace RotationMesh.LocalOperations.Records;

/// <summary>
/// Calculates what became of the rows of a rotation. The censuses decide: a row that was pending at first and no
/// longer is counts as rotated, whether or not the result of its partition ever arrived. Rows that are gone, deleted or
/// with a leaf that was detached, may have been the pending ones: only a result tells that they were rotated.
/// </summary>
public sealed class ClosingTotals(
    IReadOnlyList<TableCount> tables,
    IReadOnlyList<TableFailures> failures,
    IReadOnlyList<SweepSummary> ledger
)
{
    /// <summary>What the last verification found in the rows that it read.</summary>
    public DecryptedRows Decrypted =>
        ledger.LastOrDefault(sweep => sweep.Key.Phase == SweepPhase.Verify)?.Counts is { } counts
            ? new DecryptedRows(counts.Verified, counts.Values, counts.Empty, counts.Failed)
            : new DecryptedRows(0, 0, 0, 0);

    /// <summary>
    /// Returns totals by table: by the last census or, where the rotation was <paramref name="stopped"/> or still
    /// runs, by the first census and the results since.
    /// </summary>
    public IEnumerable<TableTotals> Tables(bool stopped) =>
        tables.Select(table => stopped ? Stopped(table) : Ended(table));

    private TableTotals Ended(TableCount table)
    {
        var reached = table.Stored - table.Pending;
        var gone = Math.Max(0, (table.OpeningStored ?? table.Stored) - table.Stored);
        var rotated = Math.Clamp(
            Math.Max(Settled(table).Rotated, table.OpeningPending - table.Pending - gone),
            0,
            reached
        );
        return Totals(table, rotated, reached - rotated, table.Pending, 0) with { Empty = table.Empty };
    }

    private TableTotals Stopped(TableCount table)
    {
        var rotated = Math.Min(Settled(table).Rotated, table.OpeningPending);
        var failed = Math.Min(Of(table)?.Pending ?? 0, table.OpeningPending - rotated);
        var current = Math.Max(0, table.Stored - table.OpeningPending);
        var empty = Math.Min(table.OpeningEmpty, current) + Math.Min(Settled(table).Empty, rotated);
        return Totals(table, rotated, current, failed, table.OpeningPending - rotated - failed) with
        {
            Empty = empty,
        };
    }

    // A row at the target version that verification can't decrypt is a failure, also where the application wrote it.
    private TableTotals Totals(TableCount table, long rotated, long current, long failed, long pending)
    {
        var unreadable = Math.Min(Of(table)?.Unreadable ?? 0, current + rotated);
        var fromCurrent = Math.Min(unreadable, current);
        return new TableTotals
        {
            Scope = table.Scope,
            Database = table.Database,
            Table = table.Table,
            Rotated = rotated - (unreadable - fromCurrent),
            Current = current - fromCurrent,
            External = table.External,
            Failed = failed + unreadable,
            Conflicts = Settled(table).Conflicts,
            Pending = pending,
            Sparse = table.Sparse,
        };
    }

    private RowCounts Settled(TableCount table) =>
        ledger
            .Where(sweep => sweep.Key.Phase == SweepPhase.Rotate)
            .SelectMany(sweep => sweep.Tables)
            .Where(row => row.Table == table.FullName)
            .Aggregate(RowCounts.None, (sum, row) => sum + row.Counts);

    private TableFailures? Of(TableCount table) =>
        failures.SingleOrDefault(row => row.FullName == table.FullName);
}
