using System.Diagnostics;
using RotationMesh.Core.Keys;
using RotationMesh.Core.Map;
using RotationMesh.Postgres.Control;
using RotationMesh.Postgres.Target;
using RotationMesh.Postgres.Target.Census;
using RotationMesh.Postgres.Target.Planning;
using RotationMesh.Postgres.Target.Rows;
using RotationMesh.Postgres.Target.Schema;

namespace RotationMesh.Engine;

/// <summary>
/// Runs a rotation in this process: check, count, probe, rewrite, count again and sweep until nothing is left but
/// recorded failures, verify.
/// </summary>
public sealed class EmbeddedRotation(
    RotationMap map,
    KeyRing ring,
    TargetDatabases databases,
    SchemaCheck schema,
    ControlDatabase control,
    RotationProgress progress
)
{
    /// <summary>
    /// Runs the request to its end, or to the end of the batches in hand after <paramref name="stopping"/>. Throws
    /// <see cref="Core.UsageException"/> before anything is written where map, keys, tenants or databases do not fit.
    /// </summary>
    public async Task<RotationReport> RunAsync(RotationRequest request, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(request);
        var clock = Stopwatch.StartNew();
        var preparation = new Preparation(databases, ring, schema);
        var tables = await preparation.PrepareAsync(request, stopping);
        progress.Pending = tables.Sum(table => table.Pending(request.Settings.Target.Version));
        var rotationId = Guid.CreateVersion7();
        var store = await BeginAsync(rotationId, request, stopping);
        var failures = new FailureLog(store is null ? null : new RowFailureStore(control.Source), rotationId);
        try
        {
            var verified = await WorkAsync(request, tables, failures, stopping);
            var report = Report(request, tables, failures, verified, clock.Elapsed, stopping) with
            {
                RotationId = rotationId,
            };
            await EndAsync(store, rotationId, report.State, report);
            return report;
        }
        catch
        {
            if (store is not null)
                await EndAfterFaultAsync(store, rotationId);
            throw;
        }
    }

    private async Task<long> WorkAsync(
        RotationRequest request,
        IReadOnlyList<TableRun> tables,
        FailureLog failures,
        CancellationToken stopping
    )
    {
        await new SweepLoop(databases, ring, request, failures, progress).RunAsync(tables, stopping);
        if (stopping.IsCancellationRequested)
            return 0;
        progress.Phase = "Verifying";
        return await new Verification(databases, ring, failures, progress).RunAsync(
            tables,
            new VerificationRequest
            {
                Tenants = request.Tenants,
                Version = request.Settings.Target.Version,
                Share = VerificationRequest.ShareAfterRotation,
                Workers = request.Workers,
            },
            stopping
        );
    }

    private async Task<RotationStore?> BeginAsync(
        Guid rotationId,
        RotationRequest request,
        CancellationToken cancellationToken
    )
    {
        if (request.Settings.DryRun)
            return null;
        await control.MigrateAsync(cancellationToken);
        var version = request.Settings.Target.Version;
        ring.TryGet(version, out var key);
        var store = new RotationStore(control.Source);
        await store.BeginAsync(
            new NewRotation(
                rotationId,
                version,
                key!.Fingerprint,
                MapHash.Of(map),
                [.. request.Scopes.Select(scope => scope.Name)],
                request.Tenants?.ToArray()
            ),
            cancellationToken
        );
        return store;
    }

    private static RotationReport Report(
        RotationRequest request,
        IReadOnlyList<TableRun> tables,
        FailureLog failures,
        long verified,
        TimeSpan elapsed,
        CancellationToken stopping
    )
    {
        var version = request.Settings.Target.Version;
        var dryRun = request.Settings.DryRun;
        var stopped = stopping.IsCancellationRequested;
        var totals = tables
            .Select(table =>
                dryRun || stopped
                    ? table.Opening(version, failures.Count(table.Target) - table.Undecryptable, stopped)
                    : table.Closing(version)
            )
            .ToList();
        return new RotationReport
        {
            RotationId = Guid.Empty,
            State =
                stopped ? "Cancelled"
                : totals.Any(table => table.Failed > 0) ? "CompletedWithFailures"
                : "Completed",
            DryRun = dryRun,
            TargetVersion = version,
            Elapsed = elapsed,
            Tables = totals,
            Verified = verified,
            Failures = failures.Kept,
        };
    }

    private static Task EndAsync(
        RotationStore? store,
        Guid rotationId,
        string state,
        RotationReport report
    ) =>
        store is null
            ? Task.CompletedTask
            : store.EndAsync(
                rotationId,
                state,
                System.Text.Json.JsonSerializer.Serialize(new { report.Verified, report.Tables }),
                CancellationToken.None
            );

    private static async Task EndAfterFaultAsync(RotationStore store, Guid rotationId)
    {
        try
        {
            await store.EndAsync(rotationId, "Faulted", "{}", CancellationToken.None);
        }
        catch (Npgsql.NpgsqlException)
        {
            // The fault that ended the rotation is thrown; that the database can't be told of it is its consequence.
        }
    }
}
