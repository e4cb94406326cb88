using Npgsql;
using RotationMesh.Core.Tracing;
using RotationMesh.Postgres.Target.External;
using RotationMesh.Postgres.Target.Schema;

namespace RotationMesh.Postgres.Target.Rows;

/// <summary>Sees to the rows of a partition that were set aside for their large values: one row, one transaction.</summary>
internal sealed class LargeSettlement(
    TableTarget target,
    LargeReencryption reencryption,
    RotationSettings settings,
    BatchWriter writer,
    ExternalRows? external,
    Action<RowFailure> fail,
    Action<PartitionOutcome> step
)
{
    /// <summary>The rows that are set aside.</summary>
    public LargeRows Rows { get; } = new(target);

    /// <summary>
    /// Settles them, one after another; false where it was stopped before the last. What is not settled is forgotten, and for
    /// whoever goes on with the partition. Throws <see cref="NpgsqlException"/>.
    /// </summary>
    public async Task<bool> SettleAsync(string? tenant, CancellationToken stopping)
    {
        try
        {
            for (var i = 0; i < Rows.Count; i++)
            {
                if (stopping.IsCancellationRequested)
                    return false;
                if (Rows.TooLarge(i) is { } failure)
                    fail(failure);
                else
                    await SettleAsync(i, tenant, stopping);
            }

            return true;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return false; // while another had the turn
        }
        finally
        {
            Rows.Clear();
        }
    }

    private async Task SettleAsync(int i, string? tenant, CancellationToken stopping)
    {
        using var turn = await LargeTurn.TakeAsync(Rows.Size(i), stopping);
        using var made = await reencryption.MakeAsync(Rows.Row(i), Rows.ObjectName(i), tenant);
        if (made.Error is { } error)
            fail(RowCursor.Failure(target, made.Row, 0, error));
        else if (!made.IsUnchanged)
            Leave(made.Row);
        else if (Rows.ObjectName(i) is { } name)
            step(await external!.SettleAsync(made.Row, name, tenant, fail));
        else
            await WriteAsync(made.Row, tenant);
    }

    private async Task WriteAsync(RowBatch row, string? tenant)
    {
        using var span = Spans.Batch(target.Entry.Table.ToString(), row.Count);
        var outcome = settings.DryRun
            ? new BatchOutcome(row.Count, [])
            : await writer.WriteAsync(row, tenant);
        step(HeldValues.OfWritten(row, outcome.Written));
        foreach (var failure in outcome.Refused)
            fail(failure);
        if (outcome.Written + outcome.Refused.Count == 0)
            Leave(row);
    }

    // Changed or held since it was read: the next sweep reads it again.
    private void Leave(RowBatch row)
    {
        if (settings.IsLastSweep)
            fail(RowCursor.Failure(target, row, 0, RowError.DatabaseError));
        else
            step(new PartitionOutcome { Contended = 1 });
    }
}
