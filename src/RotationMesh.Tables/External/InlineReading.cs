using Npgsql;
using RotationMesh.Tables.Large;
using RotationMesh.Tables.Ranges;
using RotationMesh.Tables.Rows;
using RotationMesh.Tables.Statements;
using RotationMesh.Tables.Waits;

namespace RotationMesh.Tables.External;

/// <summary>
/// Reads what a leaf holds at its external rows. Small values come with their row and are tried at once. Large ones are
/// read afterwards, some rows at a time.
/// </summary>
internal sealed class InlineReading(
    ApplicationDatabases databases,
    MappedTable target,
    PartitionRange range,
    InlineOpener opener,
    InlineTally tally
)
{
    private readonly IReadOnlyList<int> columns = InlineTally.Columns(target);
    private readonly LargeRows large = new(target);
    private readonly List<(Dictionary<int, long> Sizes, IReadOnlyList<(int, Inline)> Small)> aside = [];

    /// <summary>Reads the rows, or those of one tenant. Throws <see cref="NpgsqlException"/>.</summary>
    public async Task ReadAsync(
        NpgsqlConnection connection,
        string? tenant,
        CancellationToken cancellationToken
    )
    {
        await using var query = RowQuery.Inline(connection, target, range, tenant, columns);
        await using var reader = await new LockedTables(databases).OrExplainAsync(
            [target.Entry],
            () => query.ExecuteReaderAsync(cancellationToken),
            cancellationToken
        );
        if (target.ByTenant)
            await reader.NextResultAsync(cancellationToken);
        var cursor = new RowCursor(reader, target);
        while (await cursor.ReadAsync(cancellationToken))
        {
            Take(cursor);
            if (large.IsFull)
                await SettleAsync(tenant, cancellationToken);
        }

        await SettleAsync(tenant, cancellationToken);
    }

    private void Take(RowCursor cursor)
    {
        var sizes = new Dictionary<int, long>();
        var found = new List<(int, Inline)>();
        for (var i = 0; i < columns.Count; i++)
            if (cursor.LargeSizeAt(i) is { } size)
                sizes.Add(columns[i], size);
            else
                found.AddRange(opener.Open(cursor, columns[i]).Select(one => (columns[i], one)));
        if (sizes.Count == 0)
            tally.Add(cursor, found);
        else if (cursor.LargeSize is { } largest && largest <= target.Entry.LargestValue)
        {
            large.Add(cursor, largest);
            aside.Add((sizes, found));
        }
        else
            tally.Add(cursor, [.. found, .. sizes.Keys.Select(column => (column, Inline.Untried))]);
    }

    // Reads over a connection of the pool for writing: the other connection is busy with the open query.
    private async Task SettleAsync(string? tenant, CancellationToken cancellationToken)
    {
        if (large.Count == 0)
            return;
        await using var connection = await databases.OpenWritingAsync(
            target.Entry.Database,
            cancellationToken
        );
        var values = new LargeValues(connection, target, new LeafTable(range.Leaf));
        for (var i = 0; i < large.Count; i++)
        {
            var row = large.Row(i);
            var (sizes, found) = aside[i];
            var others = await opener.OpenAsync(values, row, sizes, large.Size(i), tenant, cancellationToken);
            tally.Add(row, [.. found, .. others]);
        }

        large.Clear();
        aside.Clear();
    }
}
