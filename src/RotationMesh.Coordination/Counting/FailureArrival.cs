using RotationMesh.Control;
using RotationMesh.Control.Failures;
using RotationMesh.Control.Ledger;
using RotationMesh.Core.Map;

namespace RotationMesh.Coordination.Counting;

/// <summary>
/// Waits until the failed rows of a sweep are recorded. They are sent ahead of the results that count them, but through
/// a queue of their own, and a census that runs before they arrive would cause a needless sweep.
/// </summary>
internal sealed class FailureArrival(ControlDatabase control, TimeProvider clock)
{
    /// <summary>Longest wait for the next rows: what is missing then is lost, and a sweep finds it again.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// Returns when as many rows are recorded as the sweep's partitions counted, or when none has come for three seconds.
    /// </summary>
    public async Task WaitAsync(SweepKey sweep, int targetVersion, CancellationToken cancellationToken)
    {
        var (last, since) = (-1L, clock.GetTimestamp());
        while (
            await MissingAsync(sweep, targetVersion, cancellationToken) is > 0 and var missing
            && (missing != last || clock.GetElapsedTime(since) < Longest)
        )
        {
            if (missing != last)
                (last, since) = (missing, clock.GetTimestamp());
            await Task.Delay(Pause, clock, cancellationToken);
        }
    }

    private async Task<long> MissingAsync(
        SweepKey sweep,
        int targetVersion,
        CancellationToken cancellationToken
    )
    {
        var sweeps = await new LedgerSummary(control).ReadAsync(sweep.RotationId, cancellationToken);
        var tables = sweeps.SingleOrDefault(summary => summary.Key == sweep)?.Tables ?? [];
        if (tables.All(table => table.Counts.Failed == 0))
            return 0;
        var recorded = await new RowFailureStore(control).ByTableAsync(
            sweep.RotationId,
            targetVersion,
            cancellationToken
        );
        return tables.Sum(table =>
            Math.Max(0, table.Counts.Failed - Count(recorded, table.Table, sweep.Phase))
        );
    }

    private static long Count(IReadOnlyList<TableFailures> recorded, TableName table, SweepPhase phase)
    {
        var row = recorded.SingleOrDefault(failures => failures.FullName == table);
        return (phase == SweepPhase.Verify ? row?.Unreadable : row?.Pending) ?? 0;
    }
}
