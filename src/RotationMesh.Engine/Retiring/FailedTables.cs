using RotationMesh.Control;
using RotationMesh.Core;
using RotationMesh.Core.Map;
using RotationMesh.Tables;
using RotationMesh.Tables.Schema;

namespace RotationMesh.Engine.Retiring;

/// <summary>
/// Failures that rotations recorded and none made good, by their tables. Of one that exists no more nobody can make them good:
/// an operator says that it is gone.
/// </summary>
internal sealed class FailedTables(RotationMap map, TargetDatabases databases, ControlDatabase control)
{
    private readonly Dictionary<string, string> refused = [];
    private IReadOnlyList<StandingFailures> all = [];

    /// <summary>What somebody said to be gone, tables of failures and others: each as <see cref="Named"/> has it.</summary>
    public IReadOnlyList<string> Gone { get; init; } = [];

    /// <summary>Those that count.</summary>
    public IEnumerable<StandingFailures> Standing => all.Where(failure => !IsGone(failure));

    /// <summary>Those of tables that exist no more.</summary>
    public IReadOnlyList<StandingFailures> Forgotten => [.. all.Where(IsGone)];

    /// <summary>Reads them, and looks whether the tables that are said to be gone are.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        all = await StandingFailures.ListAsync(control, cancellationToken);
        refused.Clear();
        foreach (var failure in all.Where(failure => Gone.Contains(Named(failure))))
            if (await FindAsync(failure, cancellationToken) is { } why)
                refused[Named(failure)] = why;
    }

    /// <summary>Whether it means a table of failures, and not a database.</summary>
    public bool IsMeant(string gone) => all.Any(failure => Named(failure) == gone);

    /// <summary>Throws <see cref="UsageException"/> where a table that is said to be gone is there.</summary>
    public void EnsureGone()
    {
        foreach (var (gone, why) in refused)
            throw new UsageException($"--gone {gone}: {why}");
    }

    /// <summary>A table of failures, as an operator says that it is gone.</summary>
    public static string Named(StandingFailures failure) => $"{failure.DatabaseName}.{failure.TableName}";

    /// <summary>The failures in words for the operator.</summary>
    public string Explain(StandingFailures failure)
    {
        var left =
            $"rotation {failure.RotationId} left {failure.Rows} failed rows of version {failure.Version} in table {failure.TableName} "
            + $"(database {failure.DatabaseName})";
        return IsInMap(failure)
            ? $"{left}: retry it, or where nothing is left to retry rotate scope {failure.Scope} anew"
            : $"{left}, which the map does not name: put it into the map and rotate it or, where that table exists no more, say so "
                + $"with --gone {Named(failure)}";
    }

    private bool IsGone(StandingFailures failure) =>
        Gone.Contains(Named(failure)) && !refused.ContainsKey(Named(failure));

    private bool IsInMap(StandingFailures failure) =>
        map.Tables.Any(table => table.Database == failure.DatabaseName && table.Name == failure.TableName);

    // A table of another schema may be the same one, moved there. Where the map names it, its rows are counted.
    private async Task<string?> FindAsync(StandingFailures failure, CancellationToken cancellationToken)
    {
        if (IsInMap(failure))
            return $"the map names table {failure.TableName} of database {failure.DatabaseName}: rotate it";
        if (!databases.Has(failure.DatabaseName))
            return null; // that the map leaves the database out stands in the way by itself
        var name = SqlName.Parse(failure.TableName);
        var found = await new TablesByName(databases).FindAsync(
            failure.DatabaseName,
            name,
            cancellationToken
        );
        var there = found.FirstOrDefault(table => !IsCounted(failure, table));
        return there is null
            ? null
            : $"table {there} of database {failure.DatabaseName} exists: put it into the map and rotate it, or drop it";
    }

    private bool IsCounted(StandingFailures failure, string found) =>
        SqlName.Parse(found).ToString() is var name
        && name != failure.TableName
        && map.Tables.Any(table => table.Database == failure.DatabaseName && table.Name == name);
}
