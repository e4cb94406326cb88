using Npgsql;
using RotationMesh.Core.Keys;
using RotationMesh.Postgres.Target;
using RotationMesh.Postgres.Target.Planning;
using RotationMesh.Postgres.Target.Rows;

namespace RotationMesh.Engine;

/// <summary>Plans the given tables and rewrites their partitions once, on all workers.</summary>
internal sealed class Sweeper(
    TargetDatabases databases,
    KeyRing ring,
    RotationRequest request,
    FailureLog failures,
    RotationProgress progress
)
{
    /// <summary>
    /// Tries of a partition while the database is unreachable, restarting or overloaded; with the pauses between them
    /// about half a minute, the time of a failover.
    /// </summary>
    private const int Tries = 8;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(8);

    /// <summary>One pass over the tables. Throws <see cref="NpgsqlException"/> when a database stays unreachable.</summary>
    public async Task PassAsync(IReadOnlyList<TableRun> tables, CancellationToken stopping)
    {
        foreach (var table in tables)
            await failures.ClearAsync(table.Target);
        var runs = tables.ToDictionary(table => table.Target);
        await WorkerPool.RunAsync(
            PlanAsync(tables, stopping),
            request.Workers,
            () => new PartitionRotator(databases, ring, request.Settings, progress.Add),
            async (rotator, partition, token) =>
                await RotateAsync(rotator, partition, runs[partition.Target], token),
            stopping
        );
    }

    private async IAsyncEnumerable<PlannedPartition> PlanAsync(
        IReadOnlyList<TableRun> tables,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var planner = new PartitionPlanner(databases);
        foreach (var table in tables)
        {
            if (table.Pending(request.Settings.Target.Version) == 0)
                continue;
            await foreach (
                var range in planner.PlanAsync(table.Target, table.Stored, request.Tenants, cancellationToken)
            )
                yield return new PlannedPartition(table.Target, range);
        }
    }

    // Rows that are written already are left alone by the next try, so a partition may be repeated at any time.
    private async Task RotateAsync(
        PartitionRotator rotator,
        PlannedPartition partition,
        TableRun table,
        CancellationToken stopping
    )
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var outcome = await rotator.RotateAsync(partition.Target, partition.Range, stopping);
                table.Add(outcome);
                await failures.RecordAsync(partition.Target, outcome.Failures);
                return;
            }
            catch (NpgsqlException fault)
                when (fault.IsTransient && attempt < Tries && !stopping.IsCancellationRequested)
            {
                await Task.Delay(Pause(attempt), stopping);
            }
        }
    }

    private static TimeSpan Pause(int attempt)
    {
        var longest = Math.Min(
            LongestPause.TotalMilliseconds,
            FirstPause.TotalMilliseconds * Math.Pow(2, attempt - 1)
        );
        return TimeSpan.FromMilliseconds(longest * (0.5 + Random.Shared.NextDouble() / 2));
    }
}
