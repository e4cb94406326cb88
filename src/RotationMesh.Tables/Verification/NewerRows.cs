using System.Data;
using Npgsql;
using RotationMesh.Core;
using RotationMesh.Core.Envelopes;
using RotationMesh.Core.Keys;
using RotationMesh.Tables.Census;
using RotationMesh.Tables.Ranges;
using RotationMesh.Tables.Rows;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Tables.Verification;

/// <summary>
/// Decrypts the rows of a whole table that may have been written since its reading began, read-only. Ranges are read one after
/// the other, each under a snapshot of its own, and a row that moves meanwhile may be passed over. Not safe for concurrent
/// callers.
/// </summary>
/// <remarks>
/// Why nothing is passed over. All leaves are read under one snapshot. Take any row version that it shows. Either its
/// transaction may not have been over at the start: then it is read here. Or it was committed before the start, and so before
/// any range was read; it is live still, so each range could see it all the time; and a row version stays where it is: the
/// range over its place has read it. Only a rewrite carries old row versions elsewhere, and only an attached leaf brings some:
/// who compares the leaves, listed after the start, with those that there are at the end (<c>LeafWatch</c>), finds both.
/// </remarks>
public sealed class NewerRows : IDisposable
{
    /// <summary>Most times that a changed row is read again. One that changed each time is counted as such.</summary>
    private const int Attempts = 3;

    private readonly ApplicationDatabases databases;
    private readonly Reencryptor reencryptor;
    private readonly StoredValueCheck check;

    /// <summary>Works with the keys of <paramref name="ring"/>.</summary>
    public NewerRows(ApplicationDatabases databases, KeyRing ring)
    {
        this.databases = databases;
        reencryptor = new Reencryptor(ring);
        check = new StoredValueCheck(ring, reencryptor);
    }

    /// <summary>
    /// Decrypts the rows, of some tenants or (null) of all, that may be newer than <paramref name="start"/>, or (null) all rows:
    /// only those of <paramref name="version"/> where it is given. It reads leaves wholly that are not among
    /// <paramref name="known"/>, by their quoted names; null where all are known. Returns null where that proves nothing: the
    /// server is another one or was started anew, or a leaf had another name when it was to be read. Counts the table under the
    /// same snapshot where it is <paramref name="counting"/>. Throws <see cref="NpgsqlException"/>.
    /// </summary>
    public async Task<NewerOutcome?> VerifyAsync(
        MappedTable target,
        IReadOnlyList<string>? tenants,
        int? version,
        ReadingStart? start,
        bool counting,
        Action<RowCounts> progress,
        Func<IReadOnlyList<RowFailure>, Task> failed,
        CancellationToken stopping,
        IReadOnlySet<string>? known = null
    )
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(progress);
        ArgumentNullException.ThrowIfNull(failed);
        await using var connection = await databases.OpenReadingAsync(target.Entry.Database, stopping);
        if (start is not null && !await start.IsOfAsync(connection, stopping))
            return null;
        var tally = new VerificationTally(progress, new FailureTally(failed));
        try
        {
            return await VerifyAsync(
                connection,
                target,
                tenants,
                version,
                (range, tenant) =>
                    start is null || known?.Contains(range.Leaf.Quoted) == false
                        ? RowQuery.Stored(connection, target, range, tenant, version, share: null)
                        : RowQuery.Newer(connection, target, range, tenant, version, start),
                counting,
                tally,
                stopping
            );
        }
        catch (PostgresException fault) when (fault.SqlState == PostgresErrorCodes.UndefinedTable)
        {
            return null;
        }
    }

    private async Task<NewerOutcome> VerifyAsync(
        NpgsqlConnection connection,
        MappedTable target,
        IReadOnlyList<string>? tenants,
        int? version,
        Func<PartitionRange, string?, NpgsqlBatch> select,
        bool counting,
        VerificationTally tally,
        CancellationToken stopping
    )
    {
        ChangedRows changed;
        IReadOnlyList<VersionCount> counted = [];
        await using (await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, stopping))
        {
            var all = await TenantsAsync(connection, target, tenants, stopping);
            changed = await ReadAsync(connection, target, all, select, tally, stopping);
            if (counting)
                counted = await new TableCensus(databases).CountAsync(connection, target, all, stopping);
        }

        var met = tally.Rows + changed.Count;
        for (var attempt = 0; changed.Count > 0 && attempt < Attempts; attempt++)
        {
            var rows = changed;
            // One snapshot again: such a row may move from leaf to leaf.
            await using var snapshot = await connection.BeginTransactionAsync(
                IsolationLevel.RepeatableRead,
                stopping
            );
            changed = await ReadAsync(
                connection,
                target,
                await TenantsAsync(connection, target, tenants, stopping),
                (range, tenant) =>
                    RowQuery.Again(connection, target, new LeafTable(range.Leaf), tenant, version, rows),
                tally,
                stopping
            );
        }

        tally.AddChanging(changed.Count);
        return new NewerOutcome((await tally.EndAsync()).Counts, counted, met);
    }

    private static async Task<IReadOnlyList<string>?> TenantsAsync(
        NpgsqlConnection connection,
        MappedTable target,
        IReadOnlyList<string>? tenants,
        CancellationToken stopping
    ) => target.ByTenant ? tenants ?? await new TenantList(connection).AllAsync(target, stopping) : tenants;

    // Returns the rows that changed before their large value, or the one in the store, was decrypted.
    private async Task<ChangedRows> ReadAsync(
        NpgsqlConnection connection,
        MappedTable target,
        IReadOnlyList<string>? tenants,
        Func<PartitionRange, string?, NpgsqlBatch> select,
        VerificationTally tally,
        CancellationToken stopping
    )
    {
        var changed = new ChangedRows(target);
        foreach (var leaf in await LiveLeaves.ListAsync(connection, target, stopping))
        {
            var range = PartitionRange.Of(target.Entry, leaf.Name, tenants);
            var reading = new StoredRowReading(databases, target, leaf, reencryptor, check, tally);
            foreach (var tenant in RowQuery.Parts(target, range))
            {
                stopping.ThrowIfCancellationRequested();
                await using var query = select(range, tenant);
                changed.Add(await reading.ReadOnceAsync(query, tenant, stopping));
            }
        }

        return changed;
    }

    /// <summary>Frees the derived keys.</summary>
    public void Dispose() => reencryptor.Dispose();
}

/// <summary>What was found in the rows of a table that may have been written since its reading began.</summary>
/// <param name="Counts">What became of them.</param>
/// <param name="Counted">
/// All rows of the table, newer or not, as the same snapshot shows them; empty where nobody counted.
/// </param>
/// <param name="Met">How many of these were read.</param>
public sealed record NewerOutcome(RowCounts Counts, IReadOnlyList<VersionCount> Counted, long Met);
