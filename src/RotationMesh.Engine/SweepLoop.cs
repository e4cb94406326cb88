using RotationMesh.Core.Keys;
using RotationMesh.Postgres.Target;
using RotationMesh.Postgres.Target.Census;

namespace RotationMesh.Engine;

/// <summary>
/// Passes over the tables until the census says that nothing is left but recorded failures. The database decides, and
/// not the counters of a pass.
/// </summary>
internal sealed class SweepLoop(
    TargetDatabases databases,
    KeyRing ring,
    RotationRequest request,
    FailureLog failures,
    RotationProgress progress
)
{
    /// <summary>
    /// Sweeps at most: an application that keeps writing the old version would be chased for ever. With the pauses below
    /// a row may stay locked for three quarters of a minute.
    /// </summary>
    private const int MaxSweeps = 10;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(8);

    /// <summary>Runs to the last sweep, or to the end of the batches in hand after <paramref name="stopping"/>.</summary>
    public async Task RunAsync(IReadOnlyList<TableRun> tables, CancellationToken stopping)
    {
        await PassAsync(tables, isLast: false, stopping);
        if (request.Settings.DryRun)
            return;
        for (var sweep = 1; sweep <= MaxSweeps && !stopping.IsCancellationRequested; sweep++)
        {
            await CountAsync(tables);
            var left = tables.Where(IsUnsettled).ToList();
            if (left.Count == 0)
                return;
            var before = left.Sum(table => table.Rotated);
            await PassAsync(left, isLast: sweep == MaxSweeps, stopping);
            if (left.Sum(table => table.Rotated) == before)
                await PauseAsync(sweep, stopping); // nothing could be done: somebody holds the rows
        }

        if (!stopping.IsCancellationRequested)
            await CountAsync(tables);
    }

    // Rows below the target that no failure accounts for are still to do.
    private bool IsUnsettled(TableRun table) =>
        table.Pending(request.Settings.Target.Version) != failures.Count(table.Target);

    private Task PassAsync(IReadOnlyList<TableRun> tables, bool isLast, CancellationToken stopping)
    {
        progress.Phase = "Rotating";
        var settings = request.Settings with { IsLastSweep = isLast };
        return new Sweeper(
            databases,
            ring,
            request with
            {
                Settings = settings,
            },
            failures,
            progress
        ).PassAsync(tables, stopping);
    }

    private async Task CountAsync(IReadOnlyList<TableRun> tables)
    {
        progress.Phase = "Counting";
        var census = new TableCensus(databases);
        foreach (var database in tables.Select(table => table.Target.Entry.Database).Distinct())
            await databases.FlushAsync(database, CancellationToken.None);
        foreach (var table in tables)
            table.Counts = await census.CountAsync(table.Target, request.Tenants, CancellationToken.None);
    }

    private static async Task PauseAsync(int sweep, CancellationToken stopping)
    {
        var pause = Math.Min(
            LongestPause.TotalMilliseconds,
            FirstPause.TotalMilliseconds * Math.Pow(2, sweep - 1)
        );
        try
        {
            await Task.Delay(TimeSpan.FromMilliseconds(pause), stopping);
        }
        catch (OperationCanceledException)
        {
            // The loop sees it.
        }
    }
}
