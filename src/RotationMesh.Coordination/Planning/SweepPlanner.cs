using RotationMesh.Control.Ledger;
using RotationMesh.Coordination.Surveying;
using RotationMesh.Tables.Ranges;

namespace RotationMesh.Coordination.Planning;

/// <summary>Plans one sweep: writes its partitions into the ledger in bulk, while earlier ones are dispatched.</summary>
internal sealed class SweepPlanner(PartitionPlan plan, SweepKey sweep, LedgerSignal signal)
{
    /// <summary>Partitions per write: few round trips, and workers still get the first ones at once.</summary>
    private const int AtATime = 200;

    /// <summary>Adds the ranges of a table; returns when the last one is written.</summary>
    public async Task AddAsync(
        SurveyedTable table,
        IAsyncEnumerable<PartitionRange> ranges,
        CancellationToken cancellationToken
    )
    {
        var target = await plan.BeginTableAsync(sweep, table.Name, table.Order, cancellationToken);
        await foreach (var chunk in ranges.Chunk(AtATime).WithCancellation(cancellationToken))
        {
            await target.AddAsync(chunk, cancellationToken);
            signal.Notify();
        }
    }

    /// <summary>Marks the sweep as planned to its end; only then can it be settled.</summary>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        await plan.FinishPlanningAsync(sweep, cancellationToken);
        signal.Notify();
    }
}
