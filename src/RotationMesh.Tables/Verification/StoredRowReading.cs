using Npgsql;
using RotationMesh.Core.Envelopes;
using RotationMesh.Tables.External;
using RotationMesh.Tables.Large;
using RotationMesh.Tables.Rows;
using RotationMesh.Tables.Statements;
using RotationMesh.Tables.Waits;

namespace RotationMesh.Tables.Verification;

/// <summary>
/// Decrypts the rows of a query. A large value, and one in a store, comes after its row was read, and the application may have
/// changed the row by then. Such rows are read again by key: those that are always being written are just those that somebody
/// may be writing with an old key.
/// </summary>
internal sealed class StoredRowReading(
    ApplicationDatabases databases,
    MappedTable target,
    LeafTable leaf,
    Reencryptor reencryptor,
    StoredValueCheck check,
    VerificationTally tally
)
{
    /// <summary>Most times that a changed row is read again. One that changed each time is counted as such.</summary>
    private const int Attempts = 3;

    /// <summary>
    /// Reads the rows of <paramref name="query"/>, and over the same <paramref name="connection"/> once more those that changed:
    /// of these only those of <paramref name="version"/> where it is given. Throws <see cref="NpgsqlException"/>.
    /// </summary>
    public async Task ReadAsync(
        NpgsqlConnection connection,
        NpgsqlBatch query,
        string? tenant,
        int? version,
        CancellationToken stopping
    )
    {
        var changed = await ReadOnceAsync(query, tenant, stopping);
        for (var attempt = 0; changed.Count > 0 && attempt < Attempts; attempt++)
        {
            await using var again = RowQuery.Again(connection, target, leaf, tenant, version, changed);
            changed = await ReadOnceAsync(again, tenant, stopping);
        }

        tally.AddChanging(changed.Count);
    }

    /// <summary>
    /// Reads the rows of <paramref name="query"/>, and returns those that changed: the caller sees to them. Throws
    /// <see cref="NpgsqlException"/>.
    /// </summary>
    public async Task<ChangedRows> ReadOnceAsync(
        NpgsqlBatch query,
        string? tenant,
        CancellationToken stopping
    )
    {
        var changed = new ChangedRows(target);
        var external = target.Store is { } store
            ? new ExternalCheck(databases, target, store, leaf, reencryptor, changed)
            : null;
        var large = new LargeRows(target);
        await using var reader = await new LockedTables(databases).OrExplainAsync(
            [target.Entry],
            () => query.ExecuteReaderAsync(stopping),
            stopping
        );
        if (target.ByTenant)
            await reader.NextResultAsync(stopping);
        var cursor = new RowCursor(reader, target);
        while (await cursor.ReadAsync(stopping))
        {
            if (cursor is { LargeSize: { } size, Version: { } claimed } && check.IsKnown(claimed))
                large.Add(cursor, size);
            else
                await CheckAsync(cursor, external);
            if (large.IsFull)
                await SettleAsync(large, external, changed, tenant, stopping);
            if (external is { IsFull: true })
                await SettleAsync(external, tenant, stopping);
        }

        await SettleAsync(large, external, changed, tenant, stopping);
        if (external is not null)
            await SettleAsync(external, tenant, stopping);
        return changed;
    }

    private async Task CheckAsync(RowCursor row, ExternalCheck? external)
    {
        var (error, values) = check.Check(target, row);
        if (error is null && row.ObjectName is { } name)
            external!.Add(row, name, values);
        else
            await tally.AddAsync(error is { } why ? row.Failure(why) : null, values);
    }

    // Uses the worker's connection for writing: the one for reading is busy with the rows that are not large.
    private async Task SettleAsync(
        LargeRows large,
        ExternalCheck? external,
        ChangedRows changed,
        string? tenant,
        CancellationToken stopping
    )
    {
        if (large.Count == 0)
            return;
        await using var connection = await databases.OpenWritingAsync(target.Entry.Database, stopping);
        var each = new LargeCheck(connection, target, leaf, reencryptor);
        for (var i = 0; i < large.Count; i++)
        {
            if (large.TooLarge(i) is { } failure)
            {
                await tally.AddAsync(failure, 0);
                continue;
            }

            var row = large.Row(i);
            if (await each.CheckAsync(large, i, tenant, stopping) is not { } outcomes)
            {
                changed.Add(row, 0);
                continue;
            }

            var (error, values) = outcomes.Aggregate(default(CheckedRow), (sum, one) => sum.And(one));
            if (error is null && large.ObjectName(i) is { } name)
                external!.Add(row, name, values);
            else
                await tally.AddAsync(
                    error is { } why ? RowCursor.Failure(target, row, 0, why) : null,
                    values
                );
        }

        if (external is not null)
            await SettleAsync(external, tenant, stopping); // large.Clear() reuses the memory of their ctids and keys
        large.Clear();
    }

    private async Task SettleAsync(ExternalCheck external, string? tenant, CancellationToken stopping)
    {
        foreach (var (failure, values) in await external.SettleAsync(tenant, stopping))
            await tally.AddAsync(failure, values);
    }
}
