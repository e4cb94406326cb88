using System.Diagnostics;
using RotationMesh.Control;
using RotationMesh.Core;
using RotationMesh.Core.Keys;
using RotationMesh.Core.Map;
using RotationMesh.LocalOperations.Verifying;
using RotationMesh.Operations.Documents;
using RotationMesh.Tables;
using RotationMesh.Tables.Planning;
using RotationMesh.Tables.Rewriting;
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
        "a dry run writes nothing, so it can't know which rows constraints and triggers will refuse: doctor lists what may. Of rows "
        + "that are at the target version already it decrypts a sample: verify decrypts them all";

    /// <summary>
    /// Runs the request to its end, or to the end of the batches in hand after <paramref name="stopping"/>. Throws
    /// <see cref="Core.UsageException"/> where map, keys, tenants or databases do not fit.
    /// </summary>
    public async Task<RotationReport> RunAsync(RotationRequest request, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(request);
        var clock = Stopwatch.StartNew();
        var dry = request with { Settings = request.Settings with { DryRun = true } };
        var version = dry.Settings.Target.Version;
        var opening = new DryOpening(map, ring, databases, schema, control);
        var tables = await opening.CountAsync(dry, stopping);
        progress.Pending = tables.Sum(table => table.Counted.Pending(version));
        progress.Phase = RotationState.Rotating;
        var failures = new FailureLog();
        await PassAsync(tables, dry, failures, stopping);
        var unreadable = stopping.IsCancellationRequested
            ? []
            : await new TargetSample(databases, ring).FindAsync(tables, version, request.Tenants, stopping);
        var stopped = stopping.IsCancellationRequested;
        var totals = tables.Select(table => table.Totals(version, stopped, request.Tenants is null)).ToList();
        return new RotationReport
        {
            RotationId = Guid.CreateVersion7(),
            State =
                stopped ? RotationState.Cancelled
                : unreadable.Count > 0 || totals.Any(table => table.Failed > 0)
                    ? RotationState.CompletedWithFailures
                : RotationState.Completed,
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
            Notes = [.. unreadable, .. opening.Refusals, Limits],
            Failures = failures.Kept,
        };
    }

    private Task PassAsync(
        IReadOnlyList<TableRun> tables,
        RotationRequest request,
        FailureLog failures,
        CancellationToken stopping
    )
    {
        var runs = tables.ToDictionary(table => table.Target);
        return WorkerPool.RunAsync(
            PlanAsync(tables, request, stopping),
            request.Workers,
            () => new PartitionRotator(databases, ring, request.Settings, progress.Add),
            async (rotator, partition, token) =>
            {
                var outcome = await rotator.RotateAsync(
                    partition.Target,
                    partition.Range,
                    WriteTerm.None,
                    failures.KeepAsync,
                    token
                );
                runs[partition.Target].Add(outcome);
            },
            stopping
        );
    }

    private async IAsyncEnumerable<PlannedPartition> PlanAsync(
        IReadOnlyList<TableRun> tables,
        RotationRequest request,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var planner = new PartitionPlanner(databases);
        foreach (var table in tables)
        {
            if (table.Counted.Pending(request.Settings.Target.Version) == 0)
                continue;
            await foreach (
                var range in planner.PlanAsync(
                    table.Target,
                    table.Counted.Stored,
                    request.Tenants,
                    cancellationToken
                )
            )
                yield return new PlannedPartition(table.Target, range);
        }
    }
}
