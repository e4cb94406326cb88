using RotationMesh.Control.Ledger;
using RotationMesh.Coordination.Surveying;
using RotationMesh.Tables.Ranges;

namespace RotationMesh.Coordination.Planning;

/// <summary>Writes the partitions of a table into the ledger in bulk, while earlier ones are dispatched.</summary>
internal sealed class SweepPlanner(PartitionPlan plan, LedgerSignal signal)
{
    /// <summary>Partitions per write: few round trips, and workers still get the first ones at once.</summary>
    private const int AtATime = 200;

    /// <summary>Adds the ranges to the sweep; returns when the last one is written.</summary>
    public async Task AddAsync(
        SweepKey sweep,
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
}
