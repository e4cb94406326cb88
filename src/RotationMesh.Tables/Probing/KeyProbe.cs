using Npgsql;
using RotationMesh.Core.Envelopes;
using RotationMesh.Core.Keys;
using RotationMesh.Tables.Census;
using RotationMesh.Tables.Large;
using RotationMesh.Tables.Ranges;
using RotationMesh.Tables.Rows;
using RotationMesh.Tables.Statements;
using RotationMesh.Tables.Verification;

namespace RotationMesh.Tables.Probing;

/// <summary>
/// Decrypts a sample of each table and version before anything is written. Where most of it fails, the key ring holds a
/// wrong key under that version, and a rotation would record thousands of good rows as failures.
/// </summary>
public sealed class KeyProbe(ApplicationDatabases databases, KeyRing ring)
{
    /// <summary>Values tried of each table and version.</summary>
    public const int Values = 100;

    /// <summary>Fewest values that tell a wrong key from some bad rows.</summary>
    public const int FewestValues = 20;

    /// <summary>Bytes of large values that are read of a table and version: some seconds at most.</summary>
    private const long LargeBytes = 256 * 1024 * 1024;

    /// <summary>
    /// Rows read to choose the values from: a sample of pages holds them in clumps, so it is larger than needed.
    /// </summary>
    private const double SampledRows = 4000;

    /// <summary>Tries one table. Only versions that the key ring holds are tried.</summary>
    public async Task<IReadOnlyList<ProbeResult>> ProbeAsync(
        RowsByVersion table,
        IReadOnlyList<string>? tenants,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(table);
        var target = table.Target;
        using var reencryptor = new Reencryptor(ring);
        var check = new StoredValueCheck(ring, reencryptor);
        var results = new List<ProbeResult>();
        foreach (var count in table.Counts.Where(count => !count.External && count.Rows > 0))
        {
            if (
                count.Version is not { } version
                || version is < 1 or > int.MaxValue
                || !ring.TryGet((int)version, out var key)
            )
                continue;
            var tally = new Tally();
            await TryAsync(
                target,
                key.Version,
                ShareFor(count.Rows),
                tenants,
                check,
                reencryptor,
                tally,
                cancellationToken
            );
            if (
                tally.Tried < Math.Min(Values, count.Rows - count.Empty + 1) / 2
                && ShareFor(count.Rows) is not null
            )
                await TryAsync(
                    target,
                    key.Version,
                    null, // rows lie in few pages
                    tenants,
                    check,
                    reencryptor,
                    tally,
                    cancellationToken
                );
            results.Add(
                new ProbeResult(target.Entry.Name, key.Version, key.Fingerprint, tally.Tried, tally.Failed)
                {
                    Authentic = tally.Authentic,
                    MayBePadded = target.Shape.Tenant.Base == "bpchar" && target.Entry.TenantPadding is null,
                }
            );
        }

        return results;
    }

    private static double? ShareFor(long rows) => rows <= SampledRows ? null : SampledRows / rows;

    private async Task TryAsync(
        MappedTable target,
        int version,
        double? share,
        IReadOnlyList<string>? tenants,
        StoredValueCheck check,
        Reencryptor reencryptor,
        Tally tally,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await databases.OpenReadingAsync(
            target.Entry.Database,
            cancellationToken
        );
        if (target.ByTenant)
            tenants ??= await new TenantList(connection).AllAsync(target, cancellationToken);
        foreach (var leaf in target.Shape.Leaves)
        {
            var range = PartitionRange.Of(target.Entry, leaf.Name, tenants);
            // Every leaf and tenant gets its part of the values, so that they are spread over the table.
            var parts = target.ByTenant ? Spread(tenants!) : RowQuery.Parts(target, range).ToList();
            var limit = Math.Max(1, Values / (target.Shape.Leaves.Count * Math.Max(1, parts.Count)));
            foreach (var tenant in parts)
            {
                await using var query = RowQuery.Stored(
                    connection,
                    target,
                    range,
                    tenant,
                    version,
                    target.ByTenant ? null : share,
                    limit
                );
                var large = new LargeRows(target);
                await TryAsync(query, target, check, version, tally, large, cancellationToken);
                var each = new LargeCheck(connection, target, leaf, reencryptor);
                await TryAsync(large, each, tenant, tally, cancellationToken);
            }
        }
    }

    private static async Task TryAsync(
        NpgsqlBatch query,
        MappedTable target,
        StoredValueCheck check,
        int version,
        Tally tally,
        LargeRows large,
        CancellationToken cancellationToken
    )
    {
        await using var reader = await query.ExecuteReaderAsync(cancellationToken);
        if (target.ByTenant)
            await reader.NextResultAsync(cancellationToken);
        var cursor = new RowCursor(reader, target);
        while (tally.Tried < Values && await cursor.ReadAsync(cancellationToken))
            if (cursor.LargeSize is { } size)
                large.Add(cursor, size);
            else
                tally.Add(target, cursor, check, version);
    }

    // Where there are not enough small ones, and no more than it takes to tell a wrong key.
    private static async Task TryAsync(
        LargeRows large,
        LargeCheck check,
        string? tenant,
        Tally tally,
        CancellationToken cancellationToken
    )
    {
        for (var i = 0; i < large.Count; i++)
        {
            if (large.TooLarge(i) is not null)
                continue;
            if (tally.Tried >= FewestValues)
                return;
            if (!tally.MayRead(large.Size(i)))
                continue;
            foreach (var outcome in await check.CheckAsync(large, i, tenant, cancellationToken) ?? [])
                tally.Add(outcome);
        }
    }

    private static List<string?> Spread(IReadOnlyList<string> tenants)
    {
        var step = Math.Max(1, tenants.Count / Values);
        return [.. tenants.Where((_, i) => i % step == 0).Take(Values)];
    }

    private sealed class Tally
    {
        public int Tried { get; private set; }

        public int Failed { get; private set; }

        public int Authentic { get; private set; }

        private long read;

        public void Add(MappedTable target, RowCursor row, StoredValueCheck check, int version)
        {
            for (var i = 0; i < target.Columns.Count; i++)
                Add(check.Check(target, row, i, version));
        }

        public void Add(EnvelopeError? outcome)
        {
            if (outcome is not { } error)
                return;
            Tried++;
            Failed += error == EnvelopeError.None ? 0 : 1;
            Authentic += error == EnvelopeError.MayHoldAnother ? 1 : 0;
        }

        /// <summary>Whether one more large value is not too much to read, as the first never is; then it counts as read.</summary>
        public bool MayRead(long size)
        {
            var may = read == 0 || read + size <= LargeBytes;
            read += may ? size : 0;
            return may;
        }
    }
}
