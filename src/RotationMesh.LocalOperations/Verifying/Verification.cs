using RotationMesh.Core.Keys;
using RotationMesh.Core.Map;
using RotationMesh.Tables;
using RotationMesh.Tables.Planning;
using RotationMesh.Tables.Ranges;
using RotationMesh.Tables.Verification;

namespace RotationMesh.LocalOperations.Verifying;

/// <summary>Decrypts rows of tables on several workers, read-only.</summary>
internal sealed class Verification(
    ApplicationDatabases databases,
    KeyRing ring,
    FailureLog failures,
    RotationProgress progress
)
{
    /// <summary>
    /// Verifies the tables; failures are recorded. Of those that are read whole, rows that were written meanwhile come last.
    /// </summary>
    public async Task RunAsync(
        IReadOnlyList<TableRun> tables,
        VerificationRequest request,
        CancellationToken stopping
    )
    {
        await ReadAsync(tables, request, stopping);
        await ReadNewerAsync([.. tables.Where(table => table.IsReadWhole)], request, stopping);
    }

    private async Task ReadAsync(
        IReadOnlyList<TableRun> tables,
        VerificationRequest request,
        CancellationToken stopping
    )
    {
        var runs = tables.ToDictionary(table => table.Target);
        await WorkerPool.RunAsync(
            PlanAsync(tables, request, stopping),
            request.Workers,
            () => new PartitionVerifier(databases, ring),
            async (verifier, partition, token) =>
            {
                var table = runs[partition.Target];
                var share = table.Share(request);
                var outcome = await verifier.VerifyAsync(
                    partition.Target,
                    partition.Range,
                    version: null,
                    share,
                    read => progress.AddVerified(read.Verified),
                    failures.KeepAsync,
                    token,
                    start: share is null ? table.Start : null
                );
                table.AddVerified(outcome);
            },
            stopping
        );
    }

    private async Task ReadNewerAsync(
        IReadOnlyList<TableRun> tables,
        VerificationRequest request,
        CancellationToken stopping
    )
    {
        var runs = tables.ToDictionary(table => table.Target);
        await WorkerPool.RunAsync(
            tables
                .Select(table => new PlannedPartition(
                    table.Target,
                    PartitionRange.Of(
                        table.Target.Entry,
                        SqlName.Parse(table.Target.Shape.Quoted),
                        request.Tenants
                    )
                ))
                .ToAsyncEnumerable(),
            request.Workers,
            () => new NewerRows(databases, ring),
            async (newer, whole, token) =>
            {
                var table = runs[whole.Target];
                table.SetNewer(
                    await newer.VerifyAsync(
                        whole.Target,
                        whole.Range.Tenants,
                        version: null,
                        table.Start!,
                        counting: true,
                        read => progress.AddVerified(read.Verified),
                        failures.KeepAsync,
                        token
                    )
                );
            },
            stopping
        );
    }

    private async IAsyncEnumerable<PlannedPartition> PlanAsync(
        IReadOnlyList<TableRun> tables,
        VerificationRequest request,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var plan = new VerificationPlan(databases);
        foreach (var table in tables)
        {
            var share = table.Share(request);
            await foreach (
                var range in plan.PlanAsync(
                    table.Target,
                    table.Counted.Stored,
                    request.Tenants,
                    share,
                    cancellationToken
                )
            )
                if (table.Only?.Contains(range.Leaf) != false)
                    yield return new PlannedPartition(table.Target, range);
        }
    }
}
