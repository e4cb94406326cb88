using System.Diagnostics;
using RotationMesh.Contracts;
using RotationMesh.Control;
using RotationMesh.Core;
using RotationMesh.Core.Keys;
using RotationMesh.Core.Map;
using RotationMesh.LocalOperations.Records;
using RotationMesh.LocalOperations.Verifying;
using RotationMesh.Operations.Documents;
using RotationMesh.Tables;
using RotationMesh.Tables.Planning;
using RotationMesh.Tables.Probing;
using RotationMesh.Tables.Ranges;
using RotationMesh.Tables.Rewriting;
using RotationMesh.Tables.Rows;
using RotationMesh.Tables.Schema;

namespace RotationMesh.LocalOperations.DryRuns;

/// <summary>
/// Runs a rotation that writes nothing. It decrypts and re-encrypts every row that the rotation would rewrite, so it
/// finds every row whose value the rotation would fail on. It can't know what constraints and triggers refuse: that
/// shows only when a row is written. It needs no control schema, and leaves nothing behind.
/// </summary>
public sealed class DryRun(
    RotationMap map,
    KeyRing ring,
    ApplicationDatabases databases,
    SchemaCheck schema,
    ControlDatabase control,
    RotationProgress progress
)
{
    /// <summary>What a dry run can't know; its report says so beside the totals.</summary>
    public const string Limits =
        "a dry run writes nothing, so it can't know which rows constraints and triggers will refuse: doctor lists what may. It asks "
        + "neither the gates nor whether another rotation is at the rows. Of rows that are at the target version already it "
        + "decrypts a sample: verify decrypts them all";

    /// <summary>
    /// Runs the order to its end, or to the end of the batches in hand after <paramref name="stopping"/>, with so many
    /// partitions at the same time. Throws <see cref="UsageException"/> where map, keys, tenants or databases do not fit.
    /// </summary>
    public async Task<RotationReport> RunAsync(StartRotation order, int workers, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(order);
        var clock = Stopwatch.StartNew();
        var version = order.TargetVersion;
        var tenants = order.Tenants.Count == 0 ? null : order.Tenants;
        var opening = new DryOpening(map, ring, databases, schema, control);
        var tables = await opening.CountAsync(order, tenants, workers, stopping);
        progress.Pending = tables.Sum(table => table.Counted.Pending(version));
        progress.Phase = RotationState.Rotating;
        var failures = new FailureLog();
        await PassAsync(order, tables, tenants, workers, failures, stopping);
        var unreadable = stopping.IsCancellationRequested
            ? []
            : await new TargetSample(databases, ring).FindAsync(tables, version, tenants, stopping);
        var stopped = stopping.IsCancellationRequested;
        var totals = tables.Select(table => table.Totals(version, stopped, tenants is null)).ToList();
        return new RotationReport
        {
            RotationId = Guid.CreateVersion7(),
            State =
                stopped ? RotationState.Cancelled
                : unreadable.Count > 0 || totals.Any(table => table.Failed > 0)
                    ? RotationState.CompletedWithFailures
                : RotationState.Completed,
            Reason = opening.Refusals is { Count: > 0 } refusals ? string.Join("; ", refusals) : null,
            DryRun = true,
            TargetVersion = version,
            Elapsed = clock.Elapsed,
            Tables = totals,
            Verified = 0,
            Decrypted = new DecryptedRows(
                tables.Sum(table => table.Rotated + table.Failed),
                tables.Sum(table => table.Values),
                tables.Sum(table => table.Empty),
                tables.Sum(table => table.Failed)
            ),
            Within = CoveredPart.Of(map, order.Scopes, tenants),
            Notes =
            [
                .. unreadable,
                .. ObjectsBeside.Describe(tables.Select(table => table.Counted)),
                .. opening.Refusals,
                Limits,
            ],
            Failures = failures.Kept,
        };
    }

    private Task PassAsync(
        StartRotation order,
        IReadOnlyList<TableRun> tables,
        IReadOnlyList<string>? tenants,
        int workers,
        FailureLog failures,
        CancellationToken stopping
    )
    {
        var target = new RotationTarget(order.TargetVersion, order.AllowDowngrade);
        var settings = new RotationSettings(target, order.BatchSize, DryRun: true);
        var runs = tables.ToDictionary(table => table.Target);
        return WorkerPool.RunAsync(
            PlanAsync(tables, target.Version, tenants, stopping),
            workers,
            () => new PartitionRotator(databases, ring, settings, progress.Add),
            async (rotator, partition, token) =>
            {
                var outcome = await RotateAsync(rotator, partition, failures, token);
                runs[partition.Target].AddRotated(outcome.Counts);
            },
            stopping
        );
    }

    // Nothing of a table that changes meanwhile is passed over in silence.
    private static async Task<PartitionOutcome> RotateAsync(
        PartitionRotator rotator,
        PlannedPartition partition,
        FailureLog failures,
        CancellationToken stopping
    )
    {
        var changed =
            $"the columns of table {partition.Target.Entry.Shown} changed while its rows were tried: do it again";
        try
        {
            var outcome = await rotator.RotateAsync(
                partition.Target,
                partition.Range,
                WriteTerm.None,
                parts: 1,
                failures.KeepAsync,
                stopping
            );
            return outcome.Finished || stopping.IsCancellationRequested
                ? outcome
                : throw new UsageException(changed);
        }
        catch (ColumnsReplacedException)
        {
            throw new UsageException(changed);
        }
    }

    private async IAsyncEnumerable<PlannedPartition> PlanAsync(
        IReadOnlyList<TableRun> tables,
        int version,
        IReadOnlyList<string>? tenants,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var planner = new PartitionPlanner(databases);
        foreach (var table in tables)
        {
            if (table.Counted.Pending(version) == 0)
                continue;
            await foreach (
                var range in planner.PlanAsync(table.Target, table.Counted.Stored, tenants, cancellationToken)
            )
                yield return new PlannedPartition(table.Target, range);
        }
    }
}
