using RotationMesh.Core.Map;
using RotationMesh.Tables;
using RotationMesh.Tables.Census;
using RotationMesh.Tables.Schema;

namespace RotationMesh.Engine;

/// <summary>Counts the rows of tables by tenant and key version, read-only.</summary>
public sealed class RowCensus(ApplicationDatabases databases, SchemaCheck schema)
{
    /// <summary>
    /// Counts each table, of all tenants where <paramref name="tenants"/> is null. Throws
    /// <see cref="Core.UsageException"/> where the map does not fit the databases, or no row has one of the tenants.
    /// </summary>
    public async Task<IReadOnlyList<TableRows>> CountAsync(
        IEnumerable<TableEntry> entries,
        IReadOnlyList<string>? tenants,
        CancellationToken cancellationToken
    )
    {
        var targets = (await schema.CheckAsync(entries, forWriting: false, cancellationToken)).OrThrow();
        if (tenants is not null)
            await new TenantLookup(databases).EnsureKnownAsync(targets, tenants, cancellationToken);
        var census = new TableCensus(databases);
        var counted = new List<TableRows>();
        foreach (var target in targets)
            counted.Add(
                new TableRows(
                    target.Entry,
                    await census
                        .CountByTenantAsync(target, tenants, cancellationToken)
                        .ToListAsync(cancellationToken)
                )
            );
        return counted;
    }
}

/// <summary>A table and its counts, in the order of tenants.</summary>
public sealed record TableRows(TableEntry Entry, IReadOnlyList<TenantCount> Counts);
