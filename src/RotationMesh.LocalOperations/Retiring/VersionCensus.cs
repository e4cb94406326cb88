using RotationMesh.Core.Map;
using RotationMesh.Tables;
using RotationMesh.Tables.Census;
using RotationMesh.Tables.Schema;

namespace RotationMesh.LocalOperations.Retiring;

/// <summary>Counts tables by the version that their rows claim.</summary>
internal sealed class VersionCensus(ApplicationDatabases databases, SchemaCheck schema)
{
    /// <summary>
    /// Counts every table. Throws where a table or database can't be counted: what was not counted must not look
    /// unused.
    /// </summary>
    public async Task<IReadOnlyList<RowsByVersion>> CountAsync(
        IEnumerable<TableEntry> entries,
        IReadOnlyList<string>? tenants,
        CancellationToken cancellationToken
    )
    {
        var targets = (await schema.CheckAsync(entries, forWriting: false, cancellationToken)).OrThrow();
        var census = new TableCensus(databases);
        var counted = new List<RowsByVersion>();
        foreach (var target in targets)
            counted.Add(
                new RowsByVersion(target, await census.CountAsync(target, tenants, cancellationToken))
            );
        return counted;
    }
}
