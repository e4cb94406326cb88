using RotationMesh.Core;
using RotationMesh.IntegrationTests.Support;
using RotationMesh.Tables;
using RotationMesh.Tables.Ranges;
using RotationMesh.Tables.Rewriting;
using RotationMesh.Tables.Rows;
using RotationMesh.Tables.Statements;

namespace RotationMesh.IntegrationTests.Concurrency;

/// <summary>One pass over a table to version 2, without the sweeps that come back to what it left.</summary>
internal static class SinglePass
{
    public static async Task<Pass> PassAsync(
        this Fixture fixture,
        int batchSize = RotationSettings.DefaultBatchSize,
        Action<RowCounts>? progress = null,
        WriteTerm? term = null,
        bool isLastSweep = false,
        int parts = 1,
        PageRange? pages = null,
        MappedTable? target = null,
        PartitionRange? range = null
    )
    {
        target ??= (await fixture.TargetsAsync()).Single();
        using var rotator = new PartitionRotator(
            fixture.Databases,
            fixture.Ring,
            new RotationSettings(new RotationTarget(2, false), batchSize, false)
            {
                IsLastSweep = isLastSweep,
            },
            progress ?? (_ => { })
        );
        range ??= PartitionRange.Of(target.Entry, target.Shape.Leaves.Single().Name) with { Pages = pages };
        var failures = new List<RowFailure>();
        var outcome = await rotator.RotateAsync(
            target,
            range,
            term ?? Terms.Long,
            parts,
            failed =>
            {
                failures.AddRange(failed);
                return Task.CompletedTask;
            },
            CancellationToken.None
        );
        if (outcome.Rest is null)
            Assert.That(outcome.Counts.Failed, Is.EqualTo(failures.Count), "each is counted and told");
        return new Pass(outcome, failures);
    }
}

/// <summary>What came of a pass, and the rows that it left as they are.</summary>
internal sealed record Pass(PartitionOutcome Outcome, IReadOnlyList<RowFailure> Failures);
