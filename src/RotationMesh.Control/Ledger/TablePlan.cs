using Npgsql;
using RotationMesh.Control.Guards;
using RotationMesh.Control.Queries;
using RotationMesh.Core.Map;
using RotationMesh.Tables.Ranges;

namespace RotationMesh.Control.Ledger;

/// <summary>
/// The partitions of one table in one sweep, numbered in the order in which they are added. One planner adds at a time;
/// another one that plans the table again from the beginning adds only what is not there yet.
/// </summary>
public sealed class TablePlan
{
    // FOR SHARE: between this question and the insert, nobody can finish the planning, and the next holder of the guard can't
    // drop it.
    private const string IsPlanned = """
        SELECT planned_at IS NOT NULL FROM rotationmesh.sweeps
        WHERE rotation_id = @rotationId AND sweep = @sweep AND phase = @phase FOR SHARE
        """;

    private const string Insert = """
        WITH added AS (
            INSERT INTO rotationmesh.partitions (sweep_table_id, sequence, expected_rows, range)
            SELECT @tableId, r.sequence, r.expected_rows, r.range::jsonb
            FROM unnest(@sequences, @expected, @ranges) AS r (sequence, expected_rows, range)
            ORDER BY r.sequence
            ON CONFLICT (sweep_table_id, sequence) DO NOTHING
            RETURNING expected_rows
        )
        SELECT count(*) AS partitions, coalesce(sum(expected_rows), 0)::bigint AS rows FROM added
        """;

    private const string Count = """
        UPDATE rotationmesh.sweep_tables
        SET partitions = partitions + @Partitions, expected_rows = expected_rows + @Rows
        WHERE sweep_table_id = @tableId
        """;

    private readonly ControlDatabase control;
    private readonly HeldWork held;
    private readonly SweepKey sweep;
    private readonly TableName table;
    private readonly long tableId;
    private int planned;

    internal TablePlan(ControlDatabase control, HeldWork held, SweepKey sweep, TableName table, long tableId)
    {
        this.control = control;
        this.held = held;
        this.sweep = sweep;
        this.table = table;
        this.tableId = tableId;
    }

    /// <summary>
    /// Adds partitions as pending and returns how many were new: none where the sweep is already planned to its end. A planner
    /// that starts again and cuts the table in another way than before may leave rows out; the closing census finds them.
    /// Throws <see cref="ArgumentException"/> for a range of another table, and <see cref="NpgsqlException"/> where the guard
    /// was lost.
    /// </summary>
    public async Task<long> AddAsync(
        IReadOnlyList<PartitionRange> ranges,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(ranges);
        if (ranges.Any(range => range.FullName != table))
            throw new ArgumentException($"a range is of another table than {table}", nameof(ranges));
        if (ranges.Count == 0)
            return 0;
        await using var connection = await control.Source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var added = await IsPlannedAsync(connection, cancellationToken)
            ? new Added()
            : await InsertAsync(connection, ranges, cancellationToken);
        await held.EnsureHeldAsync(connection, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        planned += ranges.Count;
        return added.Partitions;
    }

    private Task<bool> IsPlannedAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        connection.ScalarAsync<bool>(
            IsPlanned,
            new
            {
                sweep.RotationId,
                sweep.Sweep,
                phase = PhaseText.Write(sweep.Phase),
            },
            cancellationToken
        );

    private async Task<Added> InsertAsync(
        NpgsqlConnection connection,
        IReadOnlyList<PartitionRange> ranges,
        CancellationToken cancellationToken
    )
    {
        var values = new
        {
            tableId,
            sequences = Enumerable.Range(planned + 1, ranges.Count).ToArray(),
            expected = ranges.Select(range => range.ExpectedRows).ToArray(),
            ranges = ranges.Select(StoredRange.Write).ToArray(),
        };
        var added = await connection.FindAsync<Added>(Insert, values, cancellationToken);
        if (added.Partitions > 0)
            await connection.ExecuteAsync(
                Count,
                new
                {
                    tableId,
                    added.Partitions,
                    added.Rows,
                },
                cancellationToken
            );
        return added;
    }

    private readonly record struct Added(long Partitions, long Rows);
}
