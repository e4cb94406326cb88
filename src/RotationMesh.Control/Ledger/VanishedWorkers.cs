using RotationMesh.Core;
using RotationMesh.Core.Map;
using RotationMesh.Tables.Ranges;

namespace RotationMesh.Control.Ledger;

/// <summary>
/// Reads the partitions that were given up because too many of their workers vanished: the partition itself may kill them,
/// and another sweep would only kill more.
/// </summary>
public sealed class VanishedWorkers(ControlDatabase control)
{
    private const string List = $"""
        SELECT t.scope, t.database_name, t.table_name, p.expected_rows, p.range::text AS range
        FROM rotationmesh.sweep_tables t JOIN rotationmesh.partitions p USING (sweep_table_id)
        WHERE t.rotation_id = @RotationId AND t.sweep = @Sweep AND t.phase = @phase
          AND p.state = 'failed' AND p.last_error IN ('{WorkerLoss.LeaseExpired}', '{WorkerLoss.NeverAnswered}')
        ORDER BY p.partition_id
        """;

    /// <summary>Returns the partitions of a sweep that were given up for this.</summary>
    public async Task<IReadOnlyList<PartitionRange>> ListAsync(
        SweepKey sweep,
        CancellationToken cancellationToken
    )
    {
        var rows = await control.QueryAsync<GivenUp>(
            List,
            new
            {
                sweep.RotationId,
                sweep.Sweep,
                phase = PhaseText.Write(sweep.Phase),
            },
            cancellationToken
        );
        return
        [
            .. rows.Select(row =>
                StoredRange.Read(
                    row.Range,
                    new TableName(row.Scope, row.DatabaseName, row.TableName),
                    row.ExpectedRows
                )
            ),
        ];
    }

    private sealed record GivenUp
    {
        public string Scope { get; init; } = "";
        public string DatabaseName { get; init; } = "";
        public string TableName { get; init; } = "";
        public long ExpectedRows { get; init; }
        public string Range { get; init; } = "";
    }
}
