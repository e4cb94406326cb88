using RotationMesh.Control;
using RotationMesh.Core.Map;
using RotationMesh.Operations.Documents;
using RotationMesh.Tables;
using RotationMesh.Tables.Census;
using RotationMesh.Tables.Schema;

namespace RotationMesh.Engine.Retiring;

/// <summary>Counts tables by the version that their rows claim.</summary>
internal sealed class VersionCensus(ApplicationDatabases databases, SchemaCheck schema)
{
    /// <summary>
    /// Counts every table. Throws where a table or database can't be counted: what was not counted must not look
    /// unused.
    /// </summary>
    public async Task<IReadOnlyList<TableVersions>> CountAsync(
        IEnumerable<TableEntry> entries,
        IReadOnlyList<string>? tenants,
        CancellationToken cancellationToken
    )
    {
        var targets = (await schema.CheckAsync(entries, forWriting: false, cancellationToken)).OrThrow();
        var census = new TableCensus(databases);
        var counted = new List<TableVersions>();
        foreach (var target in targets)
            counted.Add(
                new TableVersions(target, await census.CountAsync(target, tenants, cancellationToken))
            );
        return counted;
    }
}

/// <summary>A table and the versions that its rows claim.</summary>
internal sealed record TableVersions(MappedTable Target, IReadOnlyList<VersionCount> Counts)
{
    /// <summary>Counts the rows that claim a version (null: no version), either the external rows or the others.</summary>
    public long Rows(long? version, bool external) =>
        Counts
            .Where(count => count.Version == version && count.External == external)
            .Sum(count => count.Rows);

    /// <summary>Returns the retired versions that rows of the table claim, with the number of rows.</summary>
    public IEnumerable<RetiredUseDocument> Retired(IReadOnlyList<RetiredKey> retired) =>
        from key in retired
        let rows = Rows(key.Version, external: false) + Rows(key.Version, external: true)
        where rows > 0
        select new RetiredUseDocument(
            Target.Entry.Scope,
            Target.Entry.Database,
            Target.Entry.Name,
            key.Version,
            rows
        );
}
