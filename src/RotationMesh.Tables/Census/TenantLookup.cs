using Dapper;
using Npgsql;
using RotationMesh.Core;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Tables.Census;

/// <summary>Checks that the tenants an operator named exist, so that a mistyped one is not an empty success.</summary>
public sealed class TenantLookup(ApplicationDatabases databases)
{
    /// <summary>Most tenants that are read to suggest near names: enough for a hint, bounded for a table of millions.</summary>
    private const int SuggestedFrom = 100_000;

    /// <summary>
    /// Throws <see cref="UsageException"/> for a tenant that no row of <paramref name="targets"/> has, with near names, and
    /// for a tenant that one of their tenant columns can't hold or writes in another way.
    /// </summary>
    public async Task EnsureKnownAsync(
        IReadOnlyList<MappedTable> targets,
        IReadOnlyList<string> tenants,
        CancellationToken cancellationToken
    )
    {
        if (await FindUnknownAsync(targets, tenants, cancellationToken) is not [var tenant, ..])
            return;
        var names = await NamesAsync(targets, cancellationToken);
        throw new UsageException($"{Reasons.TenantsUnknown} '{tenant}'.{NearNames.Hint(tenant, names)}");
    }

    /// <summary>
    /// Returns the tenants that no row of <paramref name="targets"/> has. Throws <see cref="UsageException"/> for one that a tenant
    /// column can't hold or writes in another way.
    /// </summary>
    public async Task<IReadOnlyList<string>> FindUnknownAsync(
        IReadOnlyList<MappedTable> targets,
        IReadOnlyList<string> tenants,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(targets);
        ArgumentNullException.ThrowIfNull(tenants);
        foreach (var target in targets)
            await EnsureFitAsync(target, tenants, cancellationToken);
        var unknown = new List<string>();
        foreach (var tenant in tenants)
        {
            var known = false;
            foreach (var target in targets)
                known = known || await HasRowsAsync(target, tenant, cancellationToken);
            if (!known)
                unknown.Add(tenant);
        }

        return unknown;
    }

    private async Task<bool> HasRowsAsync(
        MappedTable target,
        string tenant,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await databases.OpenReadingAsync(
            target.Entry.Database,
            cancellationToken
        );
        await using var batch = new NpgsqlBatch(connection);
        if (target.ByTenant)
            batch.BatchCommands.Add(TenantSetting.Command(target, tenant));
        var query = new QueryText(target.Tenants.In(1, tenant == target.Entry.TenantWhenNull));
        query.Add(target.Tenants.Comparable([tenant]));
        batch.BatchCommands.Add(query.Command($"SELECT 1 FROM {target.Shape.From} AS t", "LIMIT 1"));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        if (target.ByTenant)
            await reader.NextResultAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken);
    }

    private async Task EnsureFitAsync(
        MappedTable target,
        IReadOnlyList<string> tenants,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await databases.OpenReadingAsync(
            target.Entry.Database,
            cancellationToken
        );
        await new TenantText(connection, target).EnsureFitsAsync(tenants, cancellationToken);
    }

    private async Task<IReadOnlyCollection<string>> NamesAsync(
        IReadOnlyList<MappedTable> targets,
        CancellationToken cancellationToken
    )
    {
        var names = new HashSet<string>();
        foreach (var target in targets)
            names.UnionWith(await NamesAsync(target, cancellationToken));
        return names;
    }

    private async Task<IEnumerable<string>> NamesAsync(
        MappedTable target,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await databases.OpenReadingAsync(
            target.Entry.Database,
            cancellationToken
        );
        if (target.ByTenant)
            return await new TenantList(connection).FindAsync(target, cancellationToken) ?? [];
        var tenant = $"t.{target.Entry.Tenant.Quoted}";
        return await connection.QueryAsync<string>(
            new CommandDefinition(
                $"SELECT DISTINCT {tenant}::pg_catalog.text FROM {target.Shape.From} AS t WHERE {tenant} IS NOT NULL LIMIT {SuggestedFrom}",
                cancellationToken: cancellationToken
            )
        );
    }
}
