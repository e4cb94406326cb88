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
                        [.. found.Tables.Select(table => table.Own).OfType<long>()],
                        token
                    ),
                cancellationToken
            );
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
                        Columns = Claimed(entry, found?.Tables[place].Own, columns ?? []),
                    }
            ),
        ];
    }

    private static List<ClaimedColumn>? Claimed(
        TableEntry entry,
        long? table,
        IReadOnlyList<TableColumn> columns
    )
    {
        List<ClaimedColumn> claimed =
        [
            .. from declared in entry.Columns
            from column in columns
            where column.Relation == table && column.Name == declared.Name
            select new ClaimedColumn(column.Number, column.Name.Name, declared.DottedPath),
        ];
        return claimed.Count == entry.Columns.Count ? claimed : null;
    }

    private static IReadOnlyList<long>? Known(IReadOnlyList<long>? relations) =>
        relations is { Count: > 0 } ? relations : null;
}
