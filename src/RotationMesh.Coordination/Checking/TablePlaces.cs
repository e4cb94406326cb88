using RotationMesh.Contracts;
using RotationMesh.Control.Claims;
using RotationMesh.Core.Map;
using RotationMesh.LocalOperations;
using RotationMesh.Tables;
using RotationMesh.Tables.Schema;

namespace RotationMesh.Coordination.Checking;

/// <summary>Reads to which tables and columns of its databases a map leads now.</summary>
internal sealed class TablePlaces(RotationMap map, ApplicationDatabases databases)
{
    /// <summary>Returns the tables of a goal. What a database does not tell now is null.</summary>
    public async Task<IReadOnlyList<ClaimedTable>> FindAsync(
        RotationGoal goal,
        CancellationToken cancellationToken
    )
    {
        var found = await SomeAtOnce.SelectAsync(
            map.Tables.Where(entry => goal.Scopes.Contains(entry.Scope)).GroupBy(entry => entry.Database),
            SomeAtOnce.Databases,
            database => FindAsync([.. database], cancellationToken),
            cancellationToken
        );
        return [.. found.SelectMany(tables => tables)];
    }

    /// <summary>Names the databases of which a table or a column was not found.</summary>
    public static IReadOnlyList<string> Unread(IEnumerable<ClaimedTable> tables) =>
        [
            .. tables
                .Where(table => table.Identity is null || table.Relation is null || table.Columns is null)
                .Select(table => table.DatabaseName)
                .Distinct(),
        ];

    private async Task<IReadOnlyList<ClaimedTable>> FindAsync(
        IReadOnlyList<TableEntry> entries,
        CancellationToken cancellationToken
    )
    {
        var found = await DatabaseQuestion.AskAsync(
            token => new TableTrees(databases).FindAsync(entries, token),
            cancellationToken
        );
        var columns = found is null
            ? null
            : await DatabaseQuestion.AskAsync(
                token =>
                    new TableColumns(databases).FindAsync(
                        entries[0].Database,
                        [.. found.Tables.SelectMany(table => table.Parts.Keys).Distinct()],
                        token,
                        columns:
                        [
                            .. entries
                                .SelectMany(entry => entry.Columns)
                                .Select(column => column.Name.Name)
                                .Distinct(),
                        ]
                    ),
                cancellationToken
            );
        var known = columns?.ToLookup(column => column.Relation);
        return
        [
            .. entries.Select(
                (entry, place) =>
                    new ClaimedTable(entry.Database, entry.Name)
                    {
                        Tenancy = $"{entry.Tenant.Name}\n{entry.TenantWhenNull}",
                        Identity = found?.Identity.ToString(),
                        Relation = found?.Tables[place].Own,
                        Relations = Known(found?.Tables[place].Below),
                        Around = Known(found?.Tables[place].Around),
                        Parts = found?.Tables[place].Parts,
                        Columns = known is null ? null : Claimed(entry, found!.Tables[place], known),
                    }
            ),
        ];
    }

    // A leaf without any of them was dropped meanwhile.
    private static List<ClaimedColumn>? Claimed(
        TableEntry entry,
        TableTree table,
        ILookup<long, TableColumn> columns
    )
    {
        var claimed = new List<ClaimedColumn>();
        foreach (var relation in table.Parts.Keys)
        {
            var before = claimed.Count;
            claimed.AddRange(
                from declared in entry.Columns
                from column in columns[relation]
                where column.Name == declared.Name
                select new ClaimedColumn(relation, column.Number, column.Name.Name, declared.DottedPath)
            );
            if (
                claimed.Count - before != entry.Columns.Count
                && (relation == table.Own || claimed.Count > before)
            )
                return null;
        }

        return table.Own is null ? null : claimed;
    }

    private static IReadOnlyList<long>? Known(IReadOnlyList<long>? relations) =>
        relations is { Count: > 0 } ? relations : null;
}
