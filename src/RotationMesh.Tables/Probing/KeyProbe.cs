using Npgsql;
using RotationMesh.Core.Envelopes;
using RotationMesh.Core.Keys;
using RotationMesh.Tables.Census;
using RotationMesh.Tables.Planning;
using RotationMesh.Tables.Rows;
using RotationMesh.Tables.Schema;
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

    /// <summary>Tries one table, under the versions that the key ring holds; <paramref name="counts"/> is its census.</summary>
    public async Task<IReadOnlyList<ProbeResult>> ProbeAsync(
        MappedTable target,
        IReadOnlyList<VersionCount> counts,
        IReadOnlyList<string>? tenants,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(counts);
        using var reencryptor = new Reencryptor(ring);
        var check = new StoredValueCheck(ring, reencryptor);
        var results = new List<ProbeResult>();
        foreach (var count in counts.Where(count => !count.External && count.Rows > 0))
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
                new ProbeResult(
                    target.Entry.Scope,
                    target.Entry.Name,
                    key.Version,
                    key.Fingerprint,
                    tally.Tried,
                    tally.Failed
                )
                {
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
            var range = new PartitionRange
            {
                Scope = target.Entry.Scope,
                Database = target.Entry.Database,
                Table = target.Entry.Name,
                Leaf = leaf.Name,
                Tenants = tenants,
            };
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

    // Tries large values where there are too few small ones, until there are enough to tell a wrong key.
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
        }

        /// <summary>Whether one more large value may be read, which then counts as read. The first always may.</summary>
        public bool MayRead(long size)
        {
            var may = read == 0 || read + size <= LargeBytes;
            read += may ? size : 0;
            return may;
        }
    }
}

/// <summary>How many sampled values of a table decrypt under the key of the version that their rows claim.</summary>
public sealed record ProbeResult(
    string Scope,
    string Table,
    int Version,
    string Fingerprint,
    int Tried,
    int Failed
)
{
    /// <summary>Whether the tenant column is padded with spaces, and the map says nothing about it.</summary>
    public bool MayBePadded { get; init; }

    /// <summary>Whether the key ring's key of this version can't be the one that the rows were encrypted with.</summary>
    public bool IsWrongKey => Tried >= KeyProbe.FewestValues && Failed * 2 > Tried;

    /// <summary>What a wrong key means and what to check, in one line for the operator.</summary>
    public string Explain() =>
        $"the key of version {Version} (fingerprint {Fingerprint}) does not open table {Table}: "
        + $"{Failed} of {Tried} sampled values of that version fail. Nothing was written; check that the keys "
        + "are not swapped, and that the map names the right format, context and tenant column"
        + (MayBePadded ? ", and tenantPadding: its tenant column is padded with spaces" : "");
}
