using RotationMesh.Core.Envelopes;
using RotationMesh.Core.External;
using RotationMesh.Core.Keys;
using RotationMesh.Tables.Census;
using RotationMesh.Tables.Ranges;
using RotationMesh.Tables.Rows;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Tables.External;

/// <summary>
/// Decrypts a sample of the values that a table has in its store, over this process's own connection. It thereby notices
/// where another process wrote the values to another store.
/// </summary>
public sealed class StoreProbe(ApplicationDatabases databases, KeyRing ring)
{
    /// <summary>Objects that are read of a table.</summary>
    public const int Values = 100;

    /// <summary>Most parts (a leaf, or a tenant in it) that are read after the first one that had an object.</summary>
    private const int MostAsked = 500;

    /// <summary>
    /// Decrypts randomly chosen objects of rows that claim <paramref name="version"/>; none where the table has no store, or
    /// the key ring no such version. Throws <see cref="Npgsql.NpgsqlException"/>, and <see cref="ExternalStoreException"/>
    /// where the store refuses or does not answer.
    /// </summary>
    public async Task<StoreSample> ProbeAsync(
        MappedTable target,
        int version,
        IReadOnlyList<string>? tenants,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(target);
        var sample = new StoreSample(0, 0);
        if (target.Store is not { } store || !ring.Contains(version))
            return sample;
        using var reencryptor = new Reencryptor(ring);
        await using var connection = await databases.OpenReadingAsync(
            target.Entry.Database,
            cancellationToken
        );
        if (target.ByTenant)
            tenants ??= await new TenantList(connection).AllAsync(target, cancellationToken);
        var parts = target
            .Shape.Leaves.Select(leaf =>
                (Leaf: leaf, Range: PartitionRange.Of(target.Entry, leaf.Name, tenants))
            )
            .SelectMany(part =>
                RowQuery.Parts(target, part.Range).Select(tenant => (part.Leaf, part.Range, Tenant: tenant))
            )
            .ToArray();
        // Each part gives its share of the values, in random order, so that they are spread over the table.
        Random.Shared.Shuffle(parts);
        var limit = Math.Max(1, Values / Math.Max(1, parts.Length));
        var asked = 0;
        foreach (var (leaf, range, tenant) in parts)
        {
            if (sample.Tried >= Values || (sample.Tried > 0 && asked++ >= MostAsked))
                break;
            await using var query = RowQuery.InStore(connection, target, range, tenant, version, limit);
            var check = new ExternalCheck(databases, target, store, leaf, reencryptor);
            sample += await TryAsync(query, target, check, tenant, cancellationToken);
        }

        return sample;
    }

    private static async Task<StoreSample> TryAsync(
        Npgsql.NpgsqlBatch query,
        MappedTable target,
        ExternalCheck check,
        string? tenant,
        CancellationToken cancellationToken
    )
    {
        var sample = new StoreSample(0, 0);
        await using var reader = await query.ExecuteReaderAsync(cancellationToken);
        if (target.ByTenant)
            await reader.NextResultAsync(cancellationToken);
        var cursor = new RowCursor(reader, target);
        while (await cursor.ReadAsync(cancellationToken))
        {
            check.Add(cursor, cursor.ObjectName ?? "", values: 0);
            if (check.IsFull)
                sample += await SettleAsync(target, check, tenant, cancellationToken);
        }

        return sample + await SettleAsync(target, check, tenant, cancellationToken);
    }

    private static async Task<StoreSample> SettleAsync(
        MappedTable target,
        ExternalCheck check,
        string? tenant,
        CancellationToken cancellationToken
    )
    {
        var found = await check.SettleAsync(tenant, cancellationToken);
        if (found.FirstOrDefault(one => one.Failure?.Error == RowError.StoreError) is { Failure: { } away })
            throw new ExternalStoreException(
                ExternalFault.Unavailable,
                $"external store of table {target.Entry.Shown}, {target.Entry.ExternalStore!.Place}: {away.Cause}"
            );
        return new StoreSample(found.Count, found.Count(one => one.Failure is not null));
    }
}

/// <summary>How many sampled values of a store were tried, and how many of them do not decrypt as their rows claim.</summary>
public readonly record struct StoreSample(int Tried, int Failed)
{
    /// <summary>Adds two samples.</summary>
    public static StoreSample operator +(StoreSample one, StoreSample other) =>
        new(one.Tried + other.Tried, one.Failed + other.Failed);
}
