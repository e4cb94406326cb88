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
    /// Returns what is wrong with the declared columns of a table, each with its fix. <paramref name="counts"/> is the census
    /// of all tenants, or of some. Where these some hold no value in a column, all rows are searched for a first one that does.
    /// </summary>
    public async Task<IReadOnlyList<ColumnFault>> FindFaultsAsync(
        MappedTable target,
        IReadOnlyList<VersionCount> counts,
        bool ofAllTenants,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(counts);
        var faults = new List<ColumnFault>();
        for (var i = 0; i < target.Entry.Columns.Count; i++)
        {
            if (await FindFaultAsync(target, i, counts, ofAllTenants, cancellationToken) is { } fault)
                faults.Add(fault);
        }

        return faults;
    }

    /// <summary>Returns the columns that hold a value in few rows, unless the map says <c>mostlyEmpty</c> of them.</summary>
    public static IReadOnlyList<SparseColumn> Sparse(MappedTable target, IReadOnlyList<VersionCount> counts)
    {
        ArgumentNullException.ThrowIfNull(target);
        var rows = counts.Where(count => !count.External).Sum(count => count.Rows);
        return
        [
            .. target
                .Entry.Columns.Select((column, i) => (column, Values: Values(counts, i)))
                .Where(found => !found.column.MostlyEmpty && found.Values < rows * FewRows)
                .Select(found => new SparseColumn(found.column.Shown, found.Values, rows)),
        ];
    }

    private async Task<ColumnFault?> FindFaultAsync(
        MappedTable target,
        int i,
        IReadOnlyList<VersionCount> counts,
        bool ofAllTenants,
        CancellationToken cancellationToken
    )
    {
        var column = target.Entry.Columns[i];
        var held = Values(counts, i) > 0;
        if (
            !held
            && !column.MostlyEmpty
            && await IsEmptyAsync(target, i, counts, ofAllTenants, cancellationToken)
        )
            return new ColumnFault(
                target.Entry,
                column,
                $"no row holds a value in column {column.Shown}{await new PathLook(databases).ExplainAsync(target, column, cancellationToken)}",
                $"correct the map (line {column.Line}); or, where none is to be there yet, let it say mostlyEmpty: true for the column"
            );
        return column.Path is null
            ? null
            : await new ElementLook(databases).FindFaultAsync(target, i, cancellationToken);
    }

    private async Task<bool> IsEmptyAsync(
        MappedTable target,
        int i,
        IReadOnlyList<VersionCount> counts,
        bool ofAllTenants,
        CancellationToken cancellationToken
    )
    {
        if (ofAllTenants)
            return counts.Any(count => count is { External: false, Rows: > 0 });
        var stored = $"NOT {target.Sql.External}";
        var rows = new TableLook(databases, target);
        return await rows.AnyAsync(stored, cancellationToken)
            && !await rows.AnyAsync($"{stored} AND {new HeldColumns(target).At(i)}", cancellationToken);
    }

    private static long Values(IReadOnlyList<VersionCount> counts, int i) =>
        counts.Where(count => !count.External).Sum(count => count.Values.ElementAtOrDefault(i));
}
