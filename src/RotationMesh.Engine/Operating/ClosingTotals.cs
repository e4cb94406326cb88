using RotationMesh.Postgres.Control;
using RotationMesh.Postgres.Control.Ledger;

namespace RotationMesh.Engine.Operating;

/// <summary>
/// What became of the rows of a rotation. The censuses decide: what was pending at first and is not any more was rotated,
/// whether or not the result of its partition ever arrived.
/// </summary>
public sealed class ClosingTotals(
    IReadOnlyList<TableCount> tables,
    IReadOnlyList<TableFailures> failures,
    IReadOnlyList<SweepSummary> ledger
)
{
    /// <summary>Rows that were decrypted after they were rewritten, by the last verification.</summary>
    public long Verified =>
        ledger.LastOrDefault(sweep => sweep.Key.Phase == SweepPhase.Verify)?.Counts.Verified ?? 0;

    /// <summary>Totals by table: by the last census, or of a cancelled rotation by the first and what was settled since.</summary>
    public IEnumerable<TableTotals> Tables(bool stopped) =>
        tables.Select(table => stopped ? Stopped(table) : Ended(table));

    private TableTotals Ended(TableCount table)
    {
        var reached = table.Stored - table.Pending;
        var rotated = Math.Clamp(
            Math.Max(Settled(table).Rotated, table.OpeningPending - table.Pending),
            0,
            reached
        );
        return Totals(table, rotated, reached - rotated, table.Pending, 0);
    }

    private TableTotals Stopped(TableCount table)
    {
        var rotated = Math.Min(Settled(table).Rotated, table.OpeningPending);
        var failed = Math.Min(Of(table)?.Pending ?? 0, table.OpeningPending - rotated);
        var current = Math.Max(0, table.Stored - table.OpeningPending);
        return Totals(table, rotated, current, failed, table.OpeningPending - rotated - failed);
    }

    // A row at the target version that verification can't decrypt is a failure, whoever wrote it.
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
        };
    }

    private PartitionCounts Settled(TableCount table) =>
        ledger
            .Where(sweep => sweep.Key.Phase == SweepPhase.Rotate)
            .SelectMany(sweep => sweep.Tables)
            .Where(row => row.Table == new PlannedTable(table.Scope, table.Database, table.Table))
            .Aggregate(new PartitionCounts(), (sum, row) => sum + row.Counts);

    private TableFailures? Of(TableCount table) =>
        failures.SingleOrDefault(row =>
            (row.Scope, row.DatabaseName, row.TableName) == (table.Scope, table.Database, table.Table)
        );
}
