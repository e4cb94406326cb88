using System.Globalization;
using RotationMesh.Control;
using RotationMesh.Control.Ledger;
using RotationMesh.Coordination.Surveying;
using RotationMesh.Core;
using RotationMesh.Core.Map;
using RotationMesh.Tables;
using RotationMesh.Tables.Census;

namespace RotationMesh.Coordination.Counting;

/// <summary>
/// Rows that a sweep left because every worker that took their partition vanished. No further sweep is planned for them:
/// they are failures, which an operator's retry takes up again.
/// </summary>
internal sealed class GivenUpRows
{
    private readonly Dictionary<TableName, (int Partitions, long Rows)> tables = [];

    private GivenUpRows() { }

    /// <summary>For the operator; null where there are none.</summary>
    public string? Reason =>
        tables.Count == 0
            ? null
            : $"{Reasons.GivenUp}: "
                + string.Join(
                    "; ",
                    tables.Select(table =>
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"{table.Value.Partitions} partitions of {table.Key.Table} with {table.Value.Rows} rows"
                        )
                    )
                );

    /// <summary>Asks the ledger for the partitions, and the database for what is left of each.</summary>
    public static async Task<GivenUpRows> CountAsync(
        ApplicationDatabases databases,
        ControlDatabase control,
        SweepKey sweep,
        Survey survey,
        int targetVersion,
        CancellationToken cancellationToken
    )
    {
        var found = new GivenUpRows();
        var census = new PartitionCensus(databases);
        foreach (var range in await new VanishedWorkers(control).ListAsync(sweep, cancellationToken))
        {
            var name = range.FullName;
            if (survey.Tables.SingleOrDefault(table => table.Name == name) is not { } counted)
                continue; // its database is away, and counted once it is back
            if (
                await census.CountPendingAsync(counted.Target, range, targetVersion, cancellationToken)
                is not { } rows
            )
                continue; // what is left of it is another leaf's, which the next sweep comes to
            var before = found.tables.GetValueOrDefault(name);
            found.tables[name] = (before.Partitions + 1, before.Rows + rows);
        }

        return found;
    }

    /// <summary>Rows that neither a recorded failure nor a given-up partition explains.</summary>
    public long LeaveOf(TableName table, long unexplained) =>
        unexplained > 0 ? Math.Max(0, unexplained - tables.GetValueOrDefault(table).Rows) : -unexplained;
}
