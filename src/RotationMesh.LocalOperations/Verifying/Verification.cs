using RotationMesh.Core.Keys;
using RotationMesh.Tables;
using RotationMesh.Tables.Planning;
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
    /// <summary>Verifies the tables; failures are recorded.</summary>
    public async Task RunAsync(
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
                var outcome = await verifier.VerifyAsync(
                    partition.Target,
                    partition.Range,
                    version: null,
                    table.Share(request),
                    read => progress.AddVerified(read.Verified),
                    failures.KeepAsync,
                    token
                );
                table.AddVerified(outcome);
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
