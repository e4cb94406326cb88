using RotationMesh.Tables.Ranges;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Tables.Planning;

/// <summary>
/// Cuts a table into partitions for reading: as for rewriting, or one for each leaf where a sample of its pages is enough.
/// </summary>
public sealed class VerificationPlan(ApplicationDatabases databases)
{
    /// <summary>
    /// A table with more rows than this is sampled by pages, without reading the others. In a smaller table, too few pages
    /// would be chosen for a sample.
    /// </summary>
    private const long SampledByPage = 100_000;

    /// <summary>Plans ranges to decrypt <paramref name="share"/> (null: all) of a table's <paramref name="rows"/> rows.</summary>
    public IAsyncEnumerable<PartitionRange> PlanAsync(
        MappedTable target,
        long rows,
        IReadOnlyList<string>? tenants,
        double? share,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(target);
        var wholeLeaves = share is not null && tenants is null && !target.ByTenant && rows > SampledByPage;
        return wholeLeaves
            ? LeavesAsync(target, rows, cancellationToken)
            : OpenEndedAsync(
                new PartitionPlanner(databases).PlanAsync(target, rows, tenants, cancellationToken)
            );
    }

    // Opens the last range of each leaf: rows that are updated meanwhile move behind the present end.
    private static async IAsyncEnumerable<PartitionRange> OpenEndedAsync(
        IAsyncEnumerable<PartitionRange> ranges
    )
    {
        PartitionRange? last = null;
        await foreach (var range in ranges)
        {
            if (last is not null)
                yield return range.Leaf == last.Leaf && range.Pages?.From == last.Pages?.To
                    ? last
                    : Open(last);
            last = range;
        }

        if (last is not null)
            yield return Open(last);
    }

    private static PartitionRange Open(PartitionRange range) =>
        range.Pages is { } pages ? range with { Pages = pages with { To = uint.MaxValue } } : range;

    private async IAsyncEnumerable<PartitionRange> LeavesAsync(
        MappedTable target,
        long rows,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await using var connection = await databases.OpenReadingAsync(
            target.Entry.Database,
            cancellationToken
        );
        var leaves = await LiveLeaves.ListAsync(connection, target, cancellationToken);
        foreach (var leaf in leaves)
            yield return PartitionRange.Of(target.Entry, leaf) with
            {
                ExpectedRows = rows / leaves.Count,
            };
    }
}
