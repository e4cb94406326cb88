using RotationMesh.Tables.Rows;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Tables.External;

/// <summary>Counts what stands in a table at its external rows, and keeps some of those that fail.</summary>
internal sealed class InlineTally(MappedTable target)
{
    /// <summary>Most failures that are kept; the others are only counted.</summary>
    private const int MostFailures = 1_000;

    private readonly Dictionary<(int Column, long? Claimed, Inline Found), long> counts = [];
    private readonly List<RowFailure> failures = [];
    private long failed;

    /// <summary>Returns the columns that no rotation rewrites at an external row: the store's, or without a store all.</summary>
    public static IReadOnlyList<int> Columns(MappedTable target) =>
        target.StoreColumn is { } column ? [column] : [.. Enumerable.Range(0, target.Columns.Count)];

    /// <summary>Adds up the tallies of several leaves.</summary>
    public static InlineTally Sum(MappedTable target, IEnumerable<InlineTally> leaves)
    {
        var sum = new InlineTally(target);
        foreach (var leaf in leaves)
        {
            foreach (var (key, rows) in leaf.counts)
                sum.counts[key] = sum.counts.GetValueOrDefault(key) + rows;
            sum.failures.AddRange(leaf.failures.Take(MostFailures - sum.failures.Count));
            sum.failed += leaf.failed;
        }

        return sum;
    }

    /// <summary>Adds the cursor's row.</summary>
    public void Add(RowCursor row, IReadOnlyList<(int Column, Inline Found)> found)
    {
        if (Count(row.Version, found))
            Fail(() => row.Failure(RowError.AuthenticationFailed));
    }

    /// <summary>Adds a single row.</summary>
    public void Add(RowBatch row, IReadOnlyList<(int Column, Inline Found)> found)
    {
        if (Count(row.Origins[0].Version, found))
            Fail(() => RowCursor.Failure(target, row, 0, RowError.AuthenticationFailed));
    }

    public InlineValues End() =>
        new(
            target,
            [
                .. counts
                    .OrderBy(count => (count.Key.Column, count.Key.Claimed, count.Key.Found.Version))
                    .Select(count => new InlineCount(
                        target.Entry.Columns[count.Key.Column].Name.Name,
                        count.Key.Claimed,
                        count.Key.Found.Version,
                        count.Key.Found.Kind == InlineKind.Untried,
                        count.Value
                    )),
            ],
            failures,
            failed
        );

    // True where a value opens with the key of another version than the row claims.
    private bool Count(long? claimed, IReadOnlyList<(int Column, Inline Found)> found)
    {
        foreach (var (column, value) in found)
        {
            var key = (column, claimed, value);
            counts[key] = counts.GetValueOrDefault(key) + 1;
        }

        return found.Any(one => one.Found.Version is { } version && version != claimed);
    }

    private void Fail(Func<RowFailure> failure)
    {
        failed++;
        if (failures.Count < MostFailures)
            failures.Add(failure());
    }
}
