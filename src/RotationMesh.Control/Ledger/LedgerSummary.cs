using RotationMesh.Core;
using RotationMesh.Core.Map;

namespace RotationMesh.Control.Ledger;

/// <summary>Reads how far a rotation is, from running totals: the cost does not depend on the number of partitions.</summary>
public sealed class LedgerSummary(ControlDatabase control)
{
    private const string Read = """
        SELECT s.rotation_id, s.sweep, s.phase, s.planned_at IS NOT NULL AS is_planned, t.scope, t.database_name, t.table_name,
               t.partitions, t.done, t.failed,
               t.rotated, t.conflicts, t.contended, t.failed_rows, t.verified, t.empty_rows, t.decrypted_values,
               CASE WHEN t.done + t.failed < t.partitions THEN (
                   SELECT count(*) FROM rotationmesh.partitions p
                   WHERE p.sweep_table_id = t.sweep_table_id AND p.state = 'dispatched'
               ) ELSE 0 END AS dispatched
        FROM rotationmesh.sweeps s LEFT JOIN rotationmesh.sweep_tables t USING (rotation_id, sweep, phase)
        WHERE s.rotation_id = ANY (@rotations)
        ORDER BY s.rotation_id, s.sweep, s.phase, t.sweep_table_id
        """;

    /// <summary>Returns the sweeps of a rotation in order, rewriting before verifying; none before planning begins.</summary>
    public async Task<IReadOnlyList<SweepSummary>> ReadAsync(
        Guid rotationId,
        CancellationToken cancellationToken
    ) => [.. (await ReadAsync([rotationId], cancellationToken))[rotationId]];

    /// <summary>Returns the sweeps of several rotations, with one query however many they are.</summary>
    public async Task<ILookup<Guid, SweepSummary>> ReadAsync(
        IReadOnlyCollection<Guid> rotations,
        CancellationToken cancellationToken
    )
    {
        var rows = await control.QueryAsync<SummaryRow>(
            Read,
            new { rotations = rotations.ToArray() },
            cancellationToken
        );
        return rows.GroupBy(row => (row.RotationId, row.Sweep, row.Phase, row.IsPlanned))
            .Select(sweep => new SweepSummary(
                new SweepKey(sweep.Key.RotationId, sweep.Key.Sweep, PhaseText.Read(sweep.Key.Phase)),
                sweep.Key.IsPlanned,
                [.. sweep.Where(row => row.Scope is not null).Select(row => row.ToTable())]
            ))
            .ToLookup(sweep => sweep.Key.RotationId);
    }

    /// <summary>A table of a sweep, or a sweep that has no tables.</summary>
    private sealed record SummaryRow
    {
        public Guid RotationId { get; init; }
        public int Sweep { get; init; }
        public string Phase { get; init; } = "";
        public bool IsPlanned { get; init; }
        public string? Scope { get; init; }
        public string DatabaseName { get; init; } = "";
        public string TableName { get; init; } = "";
        public long Partitions { get; init; }
        public long Dispatched { get; init; }
        public long Done { get; init; }
        public long Failed { get; init; }
        public long Rotated { get; init; }
        public long Conflicts { get; init; }
        public long Contended { get; init; }
        public long FailedRows { get; init; }
        public long Verified { get; init; }
        public long EmptyRows { get; init; }
        public long DecryptedValues { get; init; }

        public TableSummary ToTable() =>
            new()
            {
                Table = new TableName(Scope!, DatabaseName, TableName),
                Partitions = Partitions,
                Dispatched = Dispatched,
                Done = Done,
                Failed = Failed,
                Counts = new RowCounts
                {
                    Rotated = Rotated,
                    Conflicts = Conflicts,
                    Contended = Contended,
                    Failed = FailedRows,
                    Verified = Verified,
                    Empty = EmptyRows,
                    Values = DecryptedValues,
                },
            };
    }
}
