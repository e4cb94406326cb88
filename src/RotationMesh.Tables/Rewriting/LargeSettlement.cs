using Npgsql;
using RotationMesh.Core;
using RotationMesh.Core.Tracing;
using RotationMesh.Postgres;
using RotationMesh.Tables.External;
using RotationMesh.Tables.Large;
using RotationMesh.Tables.Rows;
using RotationMesh.Tables.Statements;
using RotationMesh.Tables.Writing;

namespace RotationMesh.Tables.Rewriting;

/// <summary>Rewrites the rows of a partition that were set aside for their large values, each in its own transaction.</summary>
internal sealed class LargeSettlement(
    MappedTable target,
    LargeReencryption reencryption,
    RotationSettings settings,
    BatchWriter writer,
    ExternalRows? external,
    LeftRows left,
    Action<RowFailure> fail,
    Action<RowCounts> step
)
{
    /// <summary>The rows that are set aside.</summary>
    public LargeRows Rows { get; } = new(target);

    /// <summary>
    /// Rewrites the set-aside rows one after another; false where it was stopped before the last. It forgets the remaining
    /// ones: the next attempt at the partition reads them again. Throws <see cref="NpgsqlException"/>.
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
            return false; // stopped while it waited for its turn
        }
        finally
        {
            Rows.Clear();
        }
    }

    private async Task SettleAsync(int i, string? tenant, CancellationToken stopping)
    {
        using var turn = await LargeTurn.TakeAsync(Rows.Size(i), stopping);
        if (await TryMakeAsync(i, tenant) is not { } row)
            return;
        using var made = row;
        if (made.Error is { } error)
            fail(RowCursor.Failure(target, made.Row, 0, error));
        else if (!made.IsUnchanged)
            await LeaveAsync(made.Row, mayBeHeld: false, tenant);
        else if (Rows.ObjectName(i) is { } name)
            step(await external!.SettleAsync(made.Row, name, tenant, fail));
        else
            await WriteAsync(made.Row, tenant);
    }

    // Null where the server can't send the row at all, or not in time: the other rows go on.
    private async Task<MadeRow?> TryMakeAsync(int i, string? tenant)
    {
        try
        {
            return await reencryption.MakeAsync(Rows.Row(i), Rows.Size(i), Rows.ObjectName(i), tenant);
        }
        catch (PostgresException fault) when (fault.WithholdsValue())
        {
            fail(
                RowCursor.Failure(target, Rows.Row(i), 0, RowError.DatabaseError) with
                {
                    Cause = $"the server does not send it: SQLSTATE {fault.SqlState}",
                }
            );
            return null;
        }
        catch (PostgresException fault)
            when (fault.SqlState is PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.LockNotAvailable)
        {
            await LeaveAsync(Rows.Row(i), mayBeHeld: true, tenant);
            return null;
        }
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
            await LeaveAsync(row, outcome.MayBeHeld, tenant);
    }

    // The row was changed or held since it was read. The next sweep reads it again; in the last sweep it fails.
    private async Task LeaveAsync(RowBatch row, bool mayBeHeld, string? tenant)
    {
        step(new RowCounts { Contended = 1 });
        if (settings.IsLastSweep)
            await left.FailLargeAsync(row, mayBeHeld, tenant);
    }
}
