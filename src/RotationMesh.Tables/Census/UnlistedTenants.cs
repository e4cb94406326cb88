using RotationMesh.Core;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Tables.Census;

/// <summary>
/// Finds tenants that the list of a table whose policies show one tenant at a time does not have any more, and that still have
/// rows: nobody counts these.
/// </summary>
public sealed class UnlistedTenants(ApplicationDatabases databases)
{
    /// <summary>
    /// Returns those of the <paramref name="former"/> tenants; none where the role sees every row. Throws
    /// <see cref="Npgsql.NpgsqlException"/> if the database can't be queried, and <see cref="UsageException"/> where nothing
    /// lists the tenants.
    /// </summary>
    public async Task<IReadOnlyList<string>> FindAsync(
        MappedTable target,
        IReadOnlyList<string> former,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(former);
        if (!target.ByTenant || former.Count == 0)
            return [];
        var left = await LeftAsync(target, former, cancellationToken);
        var found = new List<string>();
        if (left.Count == 0)
            return found;
        await foreach (
            var count in new TableCensus(databases).CountByTenantAsync(target, left, cancellationToken)
        )
            if (count is { Tenant: { } tenant, Rows: > 0 } && (found.Count == 0 || found[^1] != tenant))
                found.Add(tenant);
        return found;
    }

    private async Task<IReadOnlyList<string>> LeftAsync(
        MappedTable target,
        IReadOnlyList<string> former,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await databases.OpenReadingAsync(
            target.Entry.Database,
            cancellationToken
        );
        // Where the type takes two spellings for one value, the list may have the other one.
        var listed = (await new TenantList(connection).AllAsync(target, cancellationToken)).ToHashSet(
            target.Shape.Tenant.IsLoose ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal
        );
        // What the column can't hold, as it was altered since, is no row's tenant.
        var possible = await new TenantText(connection, target).FittingAsync(former, cancellationToken);
        return [.. possible.Where(tenant => !listed.Contains(tenant))];
    }
}
