using System.Globalization;
using RotationMesh.Postgres.Control.Ledger;

namespace RotationMesh.Mesh.Coordination;

/// <summary>
/// Rows that a census finds below the target although every partition was done and no failure is recorded for them: they
/// were written since. A next sweep has them, but an application that goes on so is never caught up with.
/// </summary>
internal static class LateRows
{
    /// <summary>Says so for the operator; null where there are none.</summary>
    public static string? Explain(
        IEnumerable<(SurveyedTable Table, long Rows)> left,
        SweepSummary? sweep,
        int targetVersion
    )
    {
        var late = left.Where(table => table.Rows > 0 && !HasFailedPartitions(sweep, table.Table.Name))
            .ToList();
        if (late.Count == 0)
            return null;
        var versions = late.SelectMany(table => Versions(table.Table, targetVersion)).Distinct().ToList();
        var rows = late.Select(table =>
            string.Create(
                CultureInfo.InvariantCulture,
                $"{table.Rows} rows of version {string.Join(" and ", Versions(table.Table, targetVersion))} in table {table.Table.Name.Table}"
            )
        );
        var key = versions.TrueForAll(version => version < targetVersion) ? "the old key" : "another key";
        return $"{string.Join(", ", rows)} were written while the rotation ran: an application still writes with {key}, and may have written more since. "
            + "Give it the new key ring, then rotate again";
    }

    private static bool HasFailedPartitions(SweepSummary? sweep, PlannedTable name) =>
        sweep?.Tables.Any(table => table.Table == name && table.Failed > 0) == true;

    private static IEnumerable<long> Versions(SurveyedTable table, int targetVersion) =>
        table
            .Counts.Where(count => !count.External && count.Version != targetVersion)
            .Select(count => count.Version)
            .OfType<long>()
            .Order();
}
