using System.Globalization;
using RotationMesh.Control.Ledger;
using RotationMesh.Coordination.Surveying;
using RotationMesh.Core;
using RotationMesh.Core.Map;

namespace RotationMesh.Coordination.Counting;

/// <summary>
/// Explains rows that a census finds below the target without a recorded failure. If every partition of the table is
/// done, they were written since: the next sweep covers them, but never catches up with an application that continues.
/// If a partition is not done, the rows may be its own, and no application is blamed.
/// </summary>
internal static class LateRows
{
    /// <summary>Explains them to the operator; null where there are none.</summary>
    public static string? Explain(
        IEnumerable<(SurveyedTable Table, long Rows)> left,
        SweepSummary? sweep,
        int targetVersion
    )
    {
        var found = left.Where(table => table.Rows > 0).ToList();
        var late = found.Where(table => IsDone(sweep, table.Table.Name)).ToList();
        var reasons = found.Except(late).Select(table => Undone(table.Table.Name, table.Rows, sweep));
        if (late.Count > 0)
            reasons = reasons.Append(Written(late, targetVersion));
        return string.Join("; ", reasons) is { Length: > 0 } all ? all : null;
    }

    private static string Written(List<(SurveyedTable Table, long Rows)> late, int targetVersion)
    {
        var versions = late.SelectMany(table => Versions(table.Table, targetVersion)).Distinct().ToList();
        var rows = late.Select(table =>
            string.Create(
                CultureInfo.InvariantCulture,
                $"{table.Rows} rows of version {string.Join(" and ", Versions(table.Table, targetVersion))} in table {table.Table.Name.Table}"
            )
        );
        var key = versions.TrueForAll(version => version < targetVersion) ? "the old key" : "another key";
        return $"{string.Join(", ", rows)} {Reasons.WrittenMeanwhile}: an application still writes with {key}, and may have written more since. "
            + "Give it the new key ring, then rotate again";
    }

    private static string Undone(TableName name, long rows, SweepSummary? sweep) =>
        sweep?.Tables.SingleOrDefault(table => table.Table == name) is { } table
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{rows} rows of table {name.Table} are left, of which {table.Partitions - table.Done} of {table.Partitions} {Reasons.PartitionsNotDone}"
            )
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{rows} rows of table {name.Table} are left: {Reasons.NothingPlanned}"
            );

    private static bool IsDone(SweepSummary? sweep, TableName name) =>
        sweep is { IsPlanned: true }
        && sweep.Tables.Any(table => table.Table == name && table.Done == table.Partitions);

    private static IEnumerable<long> Versions(SurveyedTable table, int targetVersion) =>
        table
            .Counts.Where(count => !count.External && count.Version != targetVersion)
            .Select(count => count.Version)
            .OfType<long>()
            .Order();
}
