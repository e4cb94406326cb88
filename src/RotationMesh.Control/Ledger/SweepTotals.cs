using Npgsql;
using RotationMesh.Control.Queries;
using RotationMesh.Core;

namespace RotationMesh.Control.Ledger;

/// <summary>
/// Additions to the running totals of sweeps, made in the transaction that changes the partitions. Adding up a million
/// partitions on demand took 410 to 430 ms; the totals make it a matter of a few rows.
/// </summary>
internal sealed class SweepTotals
{
    // The rows are locked in the order of their ids, and after the partitions. Every writer keeps this order, so that none
    // deadlocks with another.
    private const string Add = """
        WITH delta AS (
            SELECT t.sweep_table_id, d.done, d.failed, d.rotated, d.conflicts, d.contended, d.failed_rows, d.verified,
                   d.empty_rows, d.decrypted_values
            FROM rotationmesh.sweep_tables t
            JOIN unnest(@tables, @done, @failed, @rotated, @conflicts, @contended, @failedRows, @verified, @emptyRows, @values)
                AS d (sweep_table_id, done, failed, rotated, conflicts, contended, failed_rows, verified, empty_rows, decrypted_values)
                USING (sweep_table_id)
            ORDER BY t.sweep_table_id
            FOR NO KEY UPDATE OF t
        )
        UPDATE rotationmesh.sweep_tables t
        SET done = t.done + d.done, failed = t.failed + d.failed, rotated = t.rotated + d.rotated,
            conflicts = t.conflicts + d.conflicts, contended = t.contended + d.contended,
            failed_rows = t.failed_rows + d.failed_rows, verified = t.verified + d.verified,
            empty_rows = t.empty_rows + d.empty_rows, decrypted_values = t.decrypted_values + d.decrypted_values
        FROM delta d WHERE t.sweep_table_id = d.sweep_table_id
        """;

    private readonly Dictionary<long, (long Done, long Failed, RowCounts Counts)> deltas = [];

    /// <summary>Counts one more partition as done.</summary>
    public void AddDone(long sweepTableId, RowCounts counts)
    {
        var delta = Of(sweepTableId);
        deltas[sweepTableId] = (delta.Done + 1, delta.Failed, delta.Counts + counts);
    }

    /// <summary>Adds rows of a partition that is not done yet; rows that a later attempt meets again must not be in it.</summary>
    public void AddCounts(long sweepTableId, RowCounts counts)
    {
        var delta = Of(sweepTableId);
        deltas[sweepTableId] = delta with { Counts = delta.Counts + counts };
    }

    /// <summary>Counts one more partition as failed.</summary>
    public void AddFailed(long sweepTableId)
    {
        var delta = Of(sweepTableId);
        deltas[sweepTableId] = delta with { Failed = delta.Failed + 1 };
    }

    private (long Done, long Failed, RowCounts Counts) Of(long sweepTableId) =>
        deltas.TryGetValue(sweepTableId, out var delta) ? delta : (0, 0, RowCounts.None);

    /// <summary>Writes what was added. Call it last before the commit: every other settlement waits for it.</summary>
    public Task WriteAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (deltas.Count == 0)
            return Task.CompletedTask;
        var all = deltas.Values;
        return connection.ExecuteAsync(
            Add,
            new
            {
                tables = deltas.Keys.ToArray(),
                done = all.Select(delta => delta.Done).ToArray(),
                failed = all.Select(delta => delta.Failed).ToArray(),
                rotated = all.Select(delta => delta.Counts.Rotated).ToArray(),
                conflicts = all.Select(delta => delta.Counts.Conflicts).ToArray(),
                contended = all.Select(delta => delta.Counts.Contended).ToArray(),
                failedRows = all.Select(delta => delta.Counts.Failed).ToArray(),
                verified = all.Select(delta => delta.Counts.Verified).ToArray(),
                emptyRows = all.Select(delta => delta.Counts.Empty).ToArray(),
                values = all.Select(delta => delta.Counts.Values).ToArray(),
            },
            cancellationToken
        );
    }
}
