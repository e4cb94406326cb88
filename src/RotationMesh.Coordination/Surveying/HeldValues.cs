using RotationMesh.Contracts;
using RotationMesh.Core;
using RotationMesh.Tables.Probing;

namespace RotationMesh.Coordination.Surveying;

/// <summary>Checks that the declared columns hold values, before anything is written.</summary>
internal static class HeldValues
{
    /// <summary>Throws <see cref="UsageException"/> that names the columns and paths where no row holds one, or the rows that the map passes over.</summary>
    public static async Task EnsureAsync(
        ColumnLook look,
        IEnumerable<SurveyedTable> tables,
        RotationGoal goal,
        CancellationToken cancellationToken
    )
    {
        var surveyed = tables.ToList();
        StrayRows.EnsureNone(surveyed.Select(table => (table.Target, table.Counts)));
        var faults = new List<ColumnFault>();
        foreach (var table in surveyed)
            faults.AddRange(
                await look.FindFaultsAsync(
                    table.Target,
                    table.Counts,
                    ofAllTenants: goal.Tenants.Count == 0,
                    cancellationToken
                )
            );
        if (faults.Count > 0)
            throw new UsageException(
                string.Join(Environment.NewLine, faults.Select(fault => fault.Explain()))
            );
    }
}
