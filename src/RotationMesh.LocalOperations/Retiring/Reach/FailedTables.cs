using RotationMesh.Control;
using RotationMesh.Control.Claims;
using RotationMesh.Control.Failures;
using RotationMesh.Core;
using RotationMesh.Core.Map;
using RotationMesh.Tables;
using RotationMesh.Tables.Schema;

namespace RotationMesh.LocalOperations.Retiring.Reach;

/// <summary>
/// Failures that rotations recorded and that were never made good, by table. Where a table no longer exists, nobody
/// can make its failures good: an operator declares it gone (<c>--gone</c>).
/// </summary>
internal sealed class FailedTables(RotationMap map, ApplicationDatabases databases, ControlDatabase control)
{
    private readonly Dictionary<string, string> refused = [];
    private readonly HashSet<string> known = [];
    private readonly TodaysNames names = new(map, databases, control);
    private IReadOnlyList<StandingFailures> all = [];

    /// <summary>
    /// What an operator declared gone: tables of failures, each named as <see cref="Named"/> does, and databases.
    /// </summary>
    public IReadOnlyList<string> Gone { get; init; } = [];

    /// <summary>Failures that count, as their table is not gone.</summary>
    public IEnumerable<StandingFailures> Standing => all.Where(failure => !IsGone(failure));

    /// <summary>Failures of tables that no longer exist.</summary>
    public IReadOnlyList<StandingFailures> Forgotten => [.. all.Where(IsGone)];

    /// <summary>
    /// Reads the failures, and looks whether the tables that were declared gone no longer exist. Of <paramref name="moved"/> databases,
    /// which no longer exist or are elsewhere now, a rotation of another one under their names makes failures good.
    /// </summary>
    public async Task LookAsync(IReadOnlyList<ClaimedDatabase> moved, CancellationToken cancellationToken)
    {
        all = await StandingFailures.ListAsync(control, moved, cancellationToken);
        known.UnionWith(all.Select(Named));
        refused.Clear();
        if (all.Count > 0)
            await names.LookAsync(cancellationToken);
        foreach (var failure in all.Where(failure => Gone.Contains(Named(failure))))
            if (await FindAsync(failure, cancellationToken) is { } why)
                refused[Named(failure)] = why;
    }

    /// <summary>Whether <paramref name="gone"/> names a table of failures, and not a database.</summary>
    public bool IsMeant(string gone) => known.Contains(gone);

    /// <summary>
    /// Throws <see cref="UsageException"/> where a table that was declared gone exists, or is in the map.
    /// </summary>
    public void EnsureGone()
    {
        foreach (var (gone, why) in refused)
            throw new UsageException($"--gone {gone}: {why}");
    }

    /// <summary>Returns the name by which an operator declares a table of failures gone, or the columns of it that the map leaves out.</summary>
    public static string Named(StandingFailures failure) => $"{failure.DatabaseName}.{failure.TableName}";

    /// <summary>Describes the failures for the operator.</summary>
    public string Explain(StandingFailures failure)
    {
        var left =
            $"rotation {failure.RotationId} left {failure.Rows} failed rows of version {failure.Version} in table {failure.TableName} "
            + $"(database {failure.DatabaseName}){(failure.AnyKey ? ", which do not decrypt and may need any key" : "")}";
        if (InMap(failure) is not { } table)
            return $"{left}, which the map does not name: put it into the map and rotate it or, where that table exists no more, say so "
                + $"with --gone {Named(failure)}";
        if (LeftOut(failure, table) is { Count: > 0 } columns)
            return $"{left}, of which the map leaves out column {string.Join(", ", columns)}: retry it with the map of then or, where "
                + $"their values need no key any more, say so with --gone {Named(failure)}";
        if (failure.IsReadPartly)
            return $"{left}, and later rotations did not read all its rows, as parts of it are detached: attach them or drop them, or "
                + $"rotate them with it in one rotation; where their rows need no key any more, say so with --gone {Named(failure)}";
        return $"{left}: retry it, or where nothing is left to retry rotate scope {table.Scope} anew{(failure.AnyKey ? " with --verify full" : "")}";
    }

    private bool IsGone(StandingFailures failure) =>
        Gone.Contains(Named(failure)) && !refused.ContainsKey(Named(failure));

    // Whatever scope the table is in now, and whatever the map calls its database.
    private TableEntry? InMap(StandingFailures failure)
    {
        var today = names.Of(failure.DatabaseName);
        return map.Tables.FirstOrDefault(table =>
            today.Contains(table.Database) && table.Name == failure.TableName
        );
    }

    // What no rotation of today's map reads; UnreachedColumns looks whether the database still has it.
    private static List<string> LeftOut(StandingFailures failure, TableEntry table) =>
        [.. failure.Columns.Except(table.Columns.Select(column => column.FullName))];

    // Returns why the table does not count as gone; null where it does. A table of that name in another schema may be
    // the same table, moved there. Where the map names that one, its rows are counted.
    private async Task<string?> FindAsync(StandingFailures failure, CancellationToken cancellationToken)
    {
        if (InMap(failure) is { } own && (failure.IsReadPartly || LeftOut(failure, own).Count > 0))
            return null;
        if (InMap(failure) is { } named)
            return $"the map names table {named.Name} of database {named.Database}: rotate it"
                + (
                    named.Database == failure.DatabaseName
                        ? ""
                        : $" while the map calls that database {failure.DatabaseName}, as it did when they were recorded"
                );
        var name = SqlName.Parse(failure.TableName);
        // UnreachedDatabases reports a database that the map leaves out.
        foreach (var database in names.Of(failure.DatabaseName))
        {
            var found = await new TablesByName(databases).FindAsync(database, name, cancellationToken);
            if (found.FirstOrDefault(table => !IsCounted(failure, database, table)) is { } there)
                return $"table {there} of database {database} exists: put it into the map and rotate it, or drop it";
        }

        return null;
    }

    private bool IsCounted(StandingFailures failure, string database, string found) =>
        SqlName.Parse(found).ToString() is var name
        && name != failure.TableName
        && map.Tables.Any(table => table.Database == database && table.Name == name);
}
