using RotationMesh.Core.Keys;
using RotationMesh.Postgres.Target;
using RotationMesh.Postgres.Target.Planning;
using RotationMesh.Postgres.Target.Verification;

namespace RotationMesh.Engine;

/// <summary>Decrypts rows of tables on several workers, read-only.</summary>
internal sealed class Verification(
    TargetDatabases databases,
    KeyRing ring,
    FailureLog failures,
    RotationProgress progress
)
{
    /// <summary>Verifies the tables and returns the number of rows decrypted; failures are recorded.</summary>
    public async Task<long> RunAsync(
        IReadOnlyList<TableRun> tables,
        VerificationRequest request,
        CancellationToken stopping
    )
    {
        var runs = tables.ToDictionary(table => table.Target);
        var verified = 0L;
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
                    request.Version,
                    request.Share(table.Stored),
                    progress.AddVerified,
                    token
                );
                Interlocked.Add(ref verified, outcome.Rows);
                await failures.RecordAsync(partition.Target, outcome.Failures);
                table.Add(outcome);
            },
            stopping
        );
        return verified;
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
            var share = request.Share(table.Stored);
            await foreach (
                var range in plan.PlanAsync(
                    table.Target,
                    table.Stored,
                    request.Tenants,
                    share,
                    cancellationToken
                )
            )
                yield return new PlannedPartition(table.Target, range);
        }
    }
}
