using Npgsql;
using RotationMesh.Core.Envelopes;
using RotationMesh.Core.Keys;
using RotationMesh.Postgres.Target.Census;
using RotationMesh.Postgres.Target.Planning;
using RotationMesh.Postgres.Target.Rows;
using RotationMesh.Postgres.Target.Schema;
using RotationMesh.Postgres.Target.Waits;

namespace RotationMesh.Postgres.Target.External;

/// <summary>
/// Looks for envelopes in the table at rows whose value lives elsewhere: beside that value, or left behind in its place. No
/// rotation counts on them, and the version that the row claims says nothing of them. Every such row is read, never a sample.
/// </summary>
public sealed class InlineLook(TargetDatabases databases, KeyRing ring)
{
    /// <summary>Rows with large values that are tried of a leaf; of more than that nothing is known.</summary>
    private const int MostLarge = 1_000;

    /// <summary>
    /// What a table holds, of some tenants or all. With a store it is the store's column alone: the others are rotated and
    /// verified with the row. Throws <see cref="NpgsqlException"/>.
    /// </summary>
    public async Task<InlineValues> LookAsync(
        TableTarget target,
        IReadOnlyList<string>? tenants,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(target);
        var tally = new InlineTally(target);
        if (target.Entry.External is null)
            return tally.End();
        using var reencryptor = new Reencryptor(ring);
        var opener = new InlineOpener(target, ring, reencryptor);
        await using var connection = await databases.OpenReadingAsync(
            target.Entry.Database,
            cancellationToken
        );
        if (target.ByTenant)
            tenants ??= await new TenantList(connection).AllAsync(target, cancellationToken);
        foreach (var leaf in await LiveLeaves.ListAsync(connection, target, cancellationToken))
        {
            var range = new PartitionRange
            {
                Scope = target.Entry.Scope,
                Database = target.Entry.Database,
                Table = target.Entry.Name,
                Leaf = leaf.Name,
                Tenants = tenants,
            };
            try
            {
                foreach (var tenant in RowQuery.Parts(target, range))
                    await ReadAsync(connection, target, range, tenant, opener, tally, cancellationToken);
            }
            catch (PostgresException fault) when (fault.SqlState == PostgresErrorCodes.UndefinedTable)
            {
                if (await LiveLeaves.ExistsAsync(databases, range, cancellationToken))
                    throw; // else it was dropped, and its rows with it
            }
        }

        return tally.End();
    }

    private async Task ReadAsync(
        NpgsqlConnection connection,
        TableTarget target,
        PartitionRange range,
        string? tenant,
        InlineOpener opener,
        InlineTally tally,
        CancellationToken cancellationToken
    )
    {
        var columns = InlineTally.Columns(target);
        var large = new LargeRows(target);
        await using (var query = RowQuery.Inline(connection, target, range, tenant, columns))
        {
            await using var reader = await new LockedTables(databases).OrExplainAsync(
                [target.Entry],
                () => query.ExecuteReaderAsync(cancellationToken),
                cancellationToken
            );
            if (target.ByTenant)
                await reader.NextResultAsync(cancellationToken);
            var cursor = new RowCursor(reader, target);
            while (await cursor.ReadAsync(cancellationToken))
                if (cursor.LargeSize is not { } size)
                    tally.Add(cursor, columns.Select(i => (i, opener.Open(cursor, i))).ToList());
                else if (large.Count < MostLarge && size <= target.Entry.LargestValue)
                    large.Add(cursor, size);
                else
                    tally.Add(cursor, [.. columns.Select(i => (i, Inline.Untried))]);
        }

        var values = new LargeValues(connection, target, new LeafTable(range.Leaf));
        for (var i = 0; i < large.Count; i++)
        {
            var row = large.Row(i);
            var found = await opener.OpenAsync(
                values,
                row,
                large.Size(i),
                tenant,
                columns,
                cancellationToken
            );
            tally.Add(row, found);
        }
    }
}
