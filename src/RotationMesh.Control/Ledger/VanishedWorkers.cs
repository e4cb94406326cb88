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
        SELECT t.scope, t.database_name, t.table_name, p.expected_rows, p.last_error,
               p.range::text AS range
        FROM rotationmesh.sweep_tables t JOIN rotationmesh.partitions p USING (sweep_table_id)
        WHERE t.rotation_id = @RotationId AND t.phase = @phase
          AND t.sweep = (
              SELECT max(l.sweep) FROM rotationmesh.sweep_tables l
              WHERE l.rotation_id = t.rotation_id AND l.phase = t.phase AND l.sweep <= @Sweep
                AND (l.scope, l.database_name, l.table_name) = (t.scope, t.database_name, t.table_name))
          AND p.state = 'failed' AND p.last_error IN ('{WorkerLoss.LeaseExpired}', '{WorkerLoss.NeverAnswered}')
        ORDER BY p.partition_id
        """;

    /// <summary>
    /// Returns the partitions that were given up for this: of each table, those of its last sweep up to <paramref name="sweep"/>.
    /// </summary>
    public async Task<IReadOnlyList<GivenUpPartition>> ListAsync(
        SweepKey sweep,
        CancellationToken cancellationToken
    )
    {
        var rows = await control.QueryAsync<Row>(
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
            .. rows.Select(row => new GivenUpPartition(
                StoredRange.Read(
                    row.Range,
                    new TableName(row.Scope, row.DatabaseName, row.TableName),
                    row.ExpectedRows
                ),
                row.LastError
            )),
        ];
    }

    private sealed record Row
    {
        public string Scope { get; init; } = "";
        public string DatabaseName { get; init; } = "";
        public string TableName { get; init; } = "";
        public long ExpectedRows { get; init; }
        public string LastError { get; init; } = "";
        public string Range { get; init; } = "";
    }
}

/// <summary>A partition that no worker is given any more, with the <see cref="WorkerLoss"/> that it failed with.</summary>
public sealed record GivenUpPartition(PartitionRange Range, string Error);
