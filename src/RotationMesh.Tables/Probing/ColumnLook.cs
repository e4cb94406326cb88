using RotationMesh.Tables.Census;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Tables.Probing;

/// <summary>
/// Checks that the declared columns and paths hold values at all. A wrong name looks like a column without values: the
/// rows would get the new version, and their values would keep the old key.
/// </summary>
public sealed class ColumnLook(ApplicationDatabases databases)
{
    /// <summary>A column that holds a value in a smaller share of the rows than this is reported.</summary>
    public const double FewRows = 0.1;

    /// <summary>
    /// Returns what is wrong with the declared columns of a table, each with its fix. The <paramref name="table"/> was counted
    /// for all tenants, or for some. Where these some hold no value in a column, all rows are searched for a first one that does.
    /// </summary>
    public async Task<IReadOnlyList<ColumnFault>> FindFaultsAsync(
        RowsByVersion table,
        bool ofAllTenants,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(table);
        var faults = new List<ColumnFault>();
        for (var i = 0; i < table.Target.Entry.Columns.Count; i++)
        {
            if (await FindFaultAsync(table, i, ofAllTenants, cancellationToken) is { } fault)
                faults.Add(fault);
        }

        return faults;
    }

    /// <summary>Returns the columns that hold a value in few rows, unless the map says <c>mostlyEmpty</c> of them.</summary>
    public static IReadOnlyList<SparseColumn> Sparse(RowsByVersion table)
    {
        ArgumentNullException.ThrowIfNull(table);
        var rows = table.Stored;
        return
        [
            .. table
                .Target.Entry.Columns.Select((column, i) => (column, Values: Values(table, i)))
                .Where(found => !found.column.MostlyEmpty && found.Values < rows * FewRows)
                .Select(found => new SparseColumn(found.column.Shown, found.Values, rows)),
        ];
    }

    private async Task<ColumnFault?> FindFaultAsync(
        RowsByVersion table,
        int i,
        bool ofAllTenants,
        CancellationToken cancellationToken
    )
    {
        var target = table.Target;
        var column = target.Entry.Columns[i];
        var held = Values(table, i) > 0;
        if (!held && !column.MostlyEmpty && await IsEmptyAsync(table, i, ofAllTenants, cancellationToken))
            return new ColumnFault(
                target.Entry,
                $"no row holds a value in column {column.Shown}{await new PathLook(databases).ExplainAsync(target, column, cancellationToken)}",
                $"correct the map (line {column.Line}); or, where none is to be there yet, let it say mostlyEmpty: true for the column"
            );
        return column.Path is null
            ? null
            : await new ElementLook(databases).FindFaultAsync(target, i, cancellationToken);
    }

    private async Task<bool> IsEmptyAsync(
        RowsByVersion table,
        int i,
        bool ofAllTenants,
        CancellationToken cancellationToken
    )
    {
        if (ofAllTenants)
            return table.Stored > 0;
        var target = table.Target;
        var stored = $"NOT {target.Sql.External}";
        var rows = new TableLook(databases, target);
        return await rows.AnyAsync(stored, cancellationToken)
            && !await rows.AnyAsync($"{stored} AND {new HeldColumns(target).At(i)}", cancellationToken);
    }

    private static long Values(RowsByVersion table, int i) =>
        table.Counts.Where(count => !count.External).Sum(count => count.Values.ElementAtOrDefault(i));
}
