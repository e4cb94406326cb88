using Npgsql;
using RotationMesh.Core;
using RotationMesh.Core.Tracing;
using RotationMesh.Tables.External;
using RotationMesh.Tables.Large;
using RotationMesh.Tables.Rows;
using RotationMesh.Tables.Statements;
using RotationMesh.Tables.Writing;

namespace RotationMesh.Tables.Rewriting;

/// <summary>
/// One pass over the rows of a partition. Two batches take turns: one is filled from the stream while the database
/// writes the other.
/// </summary>
internal sealed class PartitionRun
{
    private readonly MappedTable target;
    private readonly RowReencryptor rows;
    private readonly RotationSettings settings;
    private readonly Action<RowCounts> progress;
    private readonly BatchWriter writer;
    private readonly ConflictReader conflicts;
    private readonly LeftRows leftRows;
    private readonly ExternalRows? external;
    private readonly LargeSettlement large;
    private readonly FailureTally failures;
    private RowBatch filling;
    private RowBatch writing;
    private RowCounts sum = RowCounts.None;
    private bool finished = true;

    public PartitionRun(
        (RowBatch First, RowBatch Second) batches,
        LeafTable leaf,
        RowReencryptor rows,
        RotationSettings settings,
        NpgsqlConnection connection,
        WriteTerm term,
        WriteClock clock,
        TermHold hold,
        Action<RowCounts> progress,
        Func<IReadOnlyList<RowFailure>, Task> failed
    )
    {
        target = batches.First.Target;
        failures = new FailureTally(failed);
        this.rows = rows;
        this.settings = settings;
        this.progress = progress;
        writer = Writer();
        conflicts = new ConflictReader(connection, target, leaf, settings.Target.Version);
        var holders = new RowHolders(connection, target, leaf);
        leftRows = new LeftRows(target, conflicts, holders, rows, Fail);
        if (target.Store is { } store)
        {
            var unchanged = new UnchangedRows(connection, target, leaf);
            var pending = new PendingRows(connection, target, leaf, settings.Target.Version);
            var trial = Writer(isTrial: true);
            var moved = new MovedRows(target, rows, settings, pending, Writer(), trial, unchanged, holders);
            external = new ExternalRows(target, store, rows, settings, moved, unchanged, hold);
        }

        large = new LargeSettlement(
            target,
            new LargeReencryption(target, rows, new LargeValues(connection, target, leaf)),
            settings,
            Writer(),
            external,
            leftRows,
            Fail,
            Step
        );
        (filling, writing) = batches;

        BatchWriter Writer(bool isTrial = false) =>
            new(connection, target, leaf, settings.Target.Version, term, clock, isTrial);
    }

    /// <summary>Sum of all outcomes so far.</summary>
    public PartitionOutcome Outcome => new(sum with { Failed = failures.Count }) { Finished = finished };

    /// <summary>Rewrites the rows of <paramref name="query"/>; false if it was stopped before the last one.</summary>
    public async Task<bool> RotateAsync(NpgsqlBatch query, string? tenant, CancellationToken stopping)
    {
        writer.Stopping = stopping; // of no other writer: what they leave may be a failure
        if (await RowQuery.TryReadAsync(query, stopping) is not { } opened)
            return finished = false;
        await using var reader = opened;
        if (target.ByTenant)
            await reader.NextResultAsync(CancellationToken.None); // past the result of set_config
        var cursor = new RowCursor(reader, target);
        Task<BatchOutcome>? write = null;
        var (more, settled) = (true, true);
        while (more && !stopping.IsCancellationRequested)
        {
            try
            {
                more = await FillAsync(cursor, stopping);
            }
            finally
            {
                if (write is not null)
                    settled &= await SettleAsync(await write, tenant);
                write = null;
            }

            if (more && stopping.IsCancellationRequested)
                break; // what was read is left to whoever takes the partition up
            if (external is { IsFull: true })
                await SettleExternalAsync(tenant);
            if (large.Rows.IsFull)
                settled &= await SettleLargeAsync(tenant, stopping);
            (filling, writing) = (writing, filling);
            write = WriteAsync(tenant);
        }

        if (write is not null)
            settled &= await SettleAsync(await write, tenant);
        if (!more)
            await SettleExternalAsync(tenant);
        finished = !more && settled && await SettleLargeAsync(tenant, stopping);
        await failures.TellAsync();
        if (more)
            query.Cancel(); // otherwise disposing of the reader would fetch the rest
        return finished;
    }

    /// <summary>Ends the run before the last row, and passes on the row failures so far.</summary>
    public async Task<PartitionOutcome> LeaveAsync()
    {
        await failures.TellAsync();
        return Outcome with { Finished = false };
    }

    private async Task<bool> FillAsync(RowCursor cursor, CancellationToken stopping)
    {
        filling.Clear();
        while (!filling.IsFull(settings.BatchSize) && external is not { IsFull: true } && !large.Rows.IsFull)
        {
            if (stopping.IsCancellationRequested)
                return true;
            if (!await cursor.ReadAsync(CancellationToken.None))
                return false;
            if (cursor.LargeSize is { } size)
            {
                large.Rows.Add(cursor, size);
                continue;
            }

            var refusal = cursor.ObjectName is { } name
                ? external!.Add(cursor, name)
                : rows.Add(target, cursor, filling);
            if (refusal is not { } error)
                continue;
            Fail(cursor.Failure(error));
            await failures.TellEnoughAsync();
        }

        return true;
    }

    // Runs while the next batch is filled, so it must not touch what filling changes: it uses only the batch to write.
    private async Task<BatchOutcome> WriteAsync(string? tenant)
    {
        var batch = writing;
        if (batch.Count == 0 || settings.DryRun)
            return new BatchOutcome(batch.Count, []);
        using var span = Spans.Batch(target.Entry.Table.ToString(), batch.Count);
        return await writer.WriteAsync(batch, tenant);
    }

    private async Task<bool> SettleAsync(BatchOutcome outcome, string? tenant)
    {
        var isSettled = await CountAsync(outcome, tenant);
        await failures.TellEnoughAsync();
        return isSettled;
    }

    // This and the next are called only while no batch is written, which uses the connection and the keys as well.
    private async Task SettleExternalAsync(string? tenant)
    {
        if (external is null)
            return;
        Step(await external.SettleAsync(tenant, Fail));
        await failures.TellEnoughAsync();
    }

    private async Task<bool> SettleLargeAsync(string? tenant, CancellationToken stopping)
    {
        var isSettled = await large.SettleAsync(tenant, stopping);
        await failures.TellEnoughAsync();
        return isSettled;
    }

    // False where rows are left because it stops.
    private async Task<bool> CountAsync(BatchOutcome outcome, string? tenant)
    {
        var batch = writing;
        var missed = Count(outcome, batch);
        var refused = new List<RowFailure>(outcome.Refused);
        var mayBeHeld = outcome.MayBeHeld;
        for (var attempt = 0; missed > 0 && attempt < ConflictReader.Attempts; attempt++)
        {
            if (writer.Stopping.IsCancellationRequested)
                return false;
            batch = await conflicts.ReadAgainAsync(batch, refused, mayBeHeld, tenant, rows, large.Rows, Fail);
            Step(new RowCounts { Conflicts = batch.Count });
            if (batch.Count == 0)
                return true;
            var again = await writer.WriteAsync(batch, tenant);
            missed = Count(again, batch);
            refused.AddRange(again.Refused);
            mayBeHeld = again.MayBeHeld;
        }

        if (missed == 0 || writer.Stopping.IsCancellationRequested)
            return missed == 0;
        Step(new RowCounts { Contended = missed });
        if (settings.IsLastSweep)
            await leftRows.FailAsync(batch, refused, mayBeHeld, tenant, large.Rows);
        return true;
    }

    /// <summary>Returns how many rows of an outcome were neither written nor refused: changed, gone, or held.</summary>
    private int Count(BatchOutcome outcome, RowBatch batch)
    {
        Step(HeldValues.OfWritten(batch, outcome.Written));
        foreach (var failure in outcome.Refused)
            Fail(failure);
        return batch.Count - outcome.Written - outcome.Refused.Count;
    }

    private void Fail(RowFailure failure)
    {
        failures.Add(failure);
        progress(new RowCounts { Failed = 1 });
    }

    private void Step(RowCounts step)
    {
        sum += step;
        progress(step);
    }
}
