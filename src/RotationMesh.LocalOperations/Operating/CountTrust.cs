using RotationMesh.Core.Map;
using RotationMesh.Operations.Documents;
using RotationMesh.Tables;
using RotationMesh.Tables.Census;
using RotationMesh.Tables.Durability;
using RotationMesh.Tables.Schema;

namespace RotationMesh.LocalOperations.Operating;

/// <summary>Tells what the counts of an inspection rest on: standbys that were asked, and lists of tenants.</summary>
internal sealed class CountTrust(ApplicationDatabases databases, SchemaCheck schema)
{
    /// <summary>Returns those of the tables' databases that are standbys.</summary>
    public async Task<IReadOnlyList<StandbyDocument>> StandbysAsync(
        IReadOnlyList<TableEntry> entries,
        CancellationToken cancellationToken
    ) =>
        [
            .. (
                await new StandbyLook(databases).FindAsync(
                    entries.Select(entry => entry.Database),
                    cancellationToken
                )
            ).Select(standby => new StandbyDocument(standby.Database, standby.ReplayedUntil)),
        ];

    /// <summary>
    /// Describes, for tables behind row-level security, where the list of tenants comes from and whether rows seem to
    /// be missing.
    /// </summary>
    public async Task<IReadOnlyList<string>> NotesAsync(
        IReadOnlyList<TableEntry> entries,
        IReadOnlyList<string>? tenants,
        IReadOnlyDictionary<TableName, long> rows,
        CancellationToken cancellationToken
    )
    {
        var hidden = entries.Where(entry => entry.RowLevelSecurity is not null).ToList();
        if (hidden.Count == 0)
            return [];
        var report = await schema.CheckAsync(hidden, forWriting: false, cancellationToken);
        var notes = new List<string>();
        foreach (var target in report.Targets)
            notes.AddRange(
                await new TenantTrust(databases).DescribeAsync(
                    target,
                    tenants,
                    rows.GetValueOrDefault(target.Entry.FullName),
                    cancellationToken
                )
            );
        return notes;
    }
}
