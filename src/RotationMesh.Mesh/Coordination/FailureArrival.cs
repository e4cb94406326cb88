using RotationMesh.Postgres.Control;
using RotationMesh.Postgres.Control.Ledger;

namespace RotationMesh.Mesh.Coordination;

/// <summary>
/// Waits for the failed rows of a sweep to be recorded. They travel ahead of the results that count them, but on a queue of
/// their own, and a census that comes before them would call for a needless sweep.
/// </summary>
internal sealed class FailureArrival(ControlDatabase control, TimeProvider clock)
{
    /// <summary>Longest wait: what is not there by then is lost, and a sweep finds it again.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Returns when as many rows are recorded as the sweep's partitions counted, or after three seconds.</summary>
    public async Task WaitAsync(SweepKey sweep, int targetVersion, CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        while (
            !await HaveArrivedAsync(sweep, targetVersion, cancellationToken)
            && clock.GetElapsedTime(started) < Longest
        )
            await Task.Delay(Pause, clock, cancellationToken);
    }

    private async Task<bool> HaveArrivedAsync(
        SweepKey sweep,
        int targetVersion,
        CancellationToken cancellationToken
    )
    {
        var sweeps = await new LedgerSummary(control.Source).ReadAsync(sweep.RotationId, cancellationToken);
        var tables = sweeps.SingleOrDefault(summary => summary.Key == sweep)?.Tables ?? [];
        if (tables.All(table => table.Counts.FailedRows == 0))
            return true;
        var recorded = await new RowFailureStore(control.Source).ByTableAsync(
            sweep.RotationId,
            targetVersion,
            cancellationToken
        );
        return tables.All(table => table.Counts.FailedRows <= Count(recorded, table.Table, sweep.Phase));
    }

    private static long Count(IReadOnlyList<TableFailures> recorded, PlannedTable table, SweepPhase phase)
    {
        var row = recorded.SingleOrDefault(failures =>
            table == new PlannedTable(failures.Scope, failures.DatabaseName, failures.TableName)
        );
        return (phase == SweepPhase.Verify ? row?.Unreadable : row?.Pending) ?? 0;
    }
}
