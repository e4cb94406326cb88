using Npgsql;
using RotationMesh.Core;
using RotationMesh.Core.External;
using RotationMesh.Tables.Rows;
using RotationMesh.Tables.Statements;
using RotationMesh.Tables.Writing;

namespace RotationMesh.Tables.External;

/// <summary>
/// Moves the rows of a partition whose value lives in a store to the target version: the value first, then its row, which is
/// tried and rolled back before that. After a crash between the two, the target key opens the value, which shows that only the
/// row is left to move.
/// </summary>
internal sealed class ExternalRows(
    MappedTable target,
    TableStore store,
    RowReencryptor rows,
    RotationSettings settings,
    MovedRows movedRows,
    UnchangedRows unchanged,
    TermHold hold
)
{
    /// <summary>
    /// Values moved at the same time: a store takes milliseconds for each, however fast this process is. Memory holds this
    /// many values twice.
    /// </summary>
    public const int AtOnce = 32;

    /// <summary>
    /// Most times that a value, or a row, which keeps changing is read. Then it is left to the next sweep, or fails in the last one.
    /// </summary>
    private const int Attempts = 3;

    private readonly RowBatch batch = new(target);
    private readonly List<string> names = [];

    /// <summary>Whether enough rows were added to settle them.</summary>
    public bool IsFull => names.Count >= AtOnce;

    /// <summary>Adds the cursor's row with the name of its object, or returns why it stays as it is.</summary>
    public RowFault? Add(RowCursor row, string name)
    {
        if (rows.Add(target, row, batch) is { } error)
            return error;
        names.Add(name);
        return null;
    }

    /// <summary>
    /// Adds a row whose own values are re-encrypted already, and then does what
    /// <see cref="SettleAsync(string?, Action{RowFailure})"/> does.
    /// </summary>
    public Task<RowCounts> SettleAsync(RowBatch row, string name, string? tenant, Action<RowFailure> fail)
    {
        batch.Add(row);
        names.Add(name);
        return SettleAsync(tenant, fail);
    }

    /// <summary>
    /// Moves the values of the added rows, and then the rows. Rows that can't be moved go to <paramref name="fail"/>. Throws
    /// <see cref="NpgsqlException"/>.
    /// </summary>
    public async Task<RowCounts> SettleAsync(string? tenant, Action<RowFailure> fail)
    {
        var sum = new ExternalSum(fail);
        for (var pass = 1; names.Count > 0; pass++)
        {
            var (again, objects) = await SettleOnceAsync(sum, tenant, pass);
            batch.Clear();
            names.Clear();
            batch.Add(again);
            names.AddRange(objects);
        }

        return sum.Counts;
    }

    // Returns the rows to move once more, with the names of their objects.
    private async Task<(RowBatch Again, List<string> Names)> SettleOnceAsync(
        ExternalSum sum,
        string? tenant,
        int pass
    )
    {
        var moved = new List<int>();
        var open = settings.DryRun
            ? [.. Enumerable.Range(0, names.Count)]
            : await movedRows.TryAsync(batch, sum, tenant, again: pass > 1);
        for (var attempt = 0; open.Count > 0 && attempt < Attempts; attempt++)
        {
            if (attempt > 0)
                sum.Add(new() { Conflicts = open.Count });
            var still = open;
            open = settings.DryRun
                ? await MoveAsync(still, moved, sum, tenant)
                : await hold.WhileAsync(() => MoveAsync(still, moved, sum, tenant));
        }

        foreach (var row in open)
            Leave(row, sum, settings.IsLastSweep ? RowError.StoreError : null);
        if (!settings.DryRun && moved.Count > 0)
            return await movedRows.WriteAsync(batch.Only(moved), sum, tenant, last: pass == Attempts);
        if (moved.Count > 0)
            sum.Add(HeldValues.OfWritten(batch.Only(moved), moved.Count));
        return (new RowBatch(target), []);
    }

    // All reads go to the store at once, and so do all writes; the work between them runs one value after the other.
    private async Task<List<int>> MoveAsync(List<int> open, List<int> moved, ExternalSum sum, string? tenant)
    {
        var read = await Task.WhenAll(open.Select(row => ExternalRead.OfAsync(store.Values, names[row])));
        if (!settings.DryRun)
            await hold.EnsureAsync(); // while the store was asked, the machine may have stood still, and its clock with it
        var writes = new List<(int Row, Task<Replaced> Written)>();
        try
        {
            await BeginAsync(open, read, moved, writes, sum, tenant);
        }
        finally
        {
            // No write is still under way when this method ends, whatever else happens.
            await Task.WhenAll(writes.Select(write => write.Written));
        }

        return await SettleAsync(writes, moved, sum, tenant);
    }

    private async Task BeginAsync(
        List<int> open,
        ExternalRead[] read,
        List<int> moved,
        List<(int Row, Task<Replaced> Written)> writes,
        ExternalSum sum,
        string? tenant
    )
    {
        for (var i = 0; i < open.Count; i++)
        {
            var (row, value) = (open[i], read[i].Value);
            if (value is null)
            {
                await FailAsync(row, read[i].Why!, sum, tenant);
                continue;
            }

            var (_, version, of) = batch.Origins[row];
            var made = rows.ReencryptObject(
                store.Column,
                of!,
                (int)version!.Value,
                value.Envelope.Span,
                batch.Slab
            );
            if (made.Error is { } error)
                await FailAsync(row, error, sum, tenant);
            else if (made.IsAlready || settings.DryRun)
                moved.Add(row);
            else
                writes.Add((row, ReplaceAsync(value, made.Envelope)));
        }
    }

    private async Task<List<int>> SettleAsync(
        List<(int Row, Task<Replaced> Written)> writes,
        List<int> moved,
        ExternalSum sum,
        string? tenant
    )
    {
        var changed = new List<int>();
        foreach (var (row, written) in writes)
        {
            switch (await written)
            {
                case { IsLate: true }:
                    throw new WriteTermEndedException();
                case { IsChanged: true }:
                    changed.Add(row);
                    break;
                case { Why: { } fault }:
                    await FailAsync(row, fault, sum, tenant);
                    break;
                default:
                    moved.Add(row);
                    break;
            }
        }

        return changed;
    }

    private Task FailAsync(int row, ExternalStoreException fault, ExternalSum sum, string? tenant)
    {
        if (fault.Fault != ExternalFault.Unavailable || settings.IsLastSweep || settings.DryRun)
            return FailAsync(row, RowErrors.From(fault.Fault), sum, tenant, fault);
        sum.Add(new() { Contended = 1 }); // a store that is away may be back for the next sweep
        return Task.CompletedTask;
    }

    // Where the application changed the row meanwhile, the fault means nothing: the next sweep reads row and value again.
    private async Task FailAsync(
        int row,
        RowFault error,
        ExternalSum sum,
        string? tenant,
        ExternalStoreException? why = null
    )
    {
        var isSame = settings.IsLastSweep || await unchanged.IsAsync(batch.Only([row]), tenant);
        Leave(row, sum, isSame ? error : null, why);
    }

    private void Leave(int row, ExternalSum sum, RowFault? error, ExternalStoreException? why = null)
    {
        if (error is { } one)
            sum.Fail(RowCursor.Failure(target, batch, row, one).Because(why));
        else
            sum.Add(new() { Contended = 1 });
    }

    private async Task<Replaced> ReplaceAsync(IExternalValue value, ReadOnlyMemory<byte> envelope)
    {
        try
        {
            return new Replaced(
                IsChanged: !await value.TryReplaceAsync(envelope, hold.EnsureInTime, CancellationToken.None)
            );
        }
        catch (WriteTermEndedException)
        {
            return new Replaced(IsLate: true);
        }
        catch (ExternalStoreException fault)
        {
            return new Replaced(Why: fault);
        }
    }

    private readonly record struct Replaced(
        bool IsLate = false,
        bool IsChanged = false,
        ExternalStoreException? Why = null
    );
}
