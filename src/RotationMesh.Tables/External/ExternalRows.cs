using Npgsql;
using RotationMesh.Core.External;
using RotationMesh.Tables.Rows;
using RotationMesh.Tables.Statements;
using RotationMesh.Tables.Writing;

namespace RotationMesh.Tables.External;

/// <summary>
/// Rows of a partition whose value lives in a store: the value is moved first and its row after it, so that a crash between
/// the two leaves a value that says by itself, as its key opens it, that only the row is still to be moved.
/// </summary>
internal sealed class ExternalRows(
    MappedTable target,
    TableStore store,
    RowReencryptor rows,
    RotationSettings settings,
    BatchWriter writer,
    UnchangedRows unchanged,
    TermHold hold
)
{
    /// <summary>
    /// Values moved at the same time: a store takes milliseconds for each, however fast this process is. Memory holds so
    /// many of them twice.
    /// </summary>
    public const int AtOnce = 32;

    /// <summary>Times that a value which changed is read again at once; one that changes more often is left to the next sweep.</summary>
    private const int Attempts = 3;

    private readonly RowBatch batch = new(target);
    private readonly List<string> names = [];

    /// <summary>Whether it is time to settle those that were added.</summary>
    public bool IsFull => names.Count >= AtOnce;

    /// <summary>Adds the cursor's row with the name of its object, or returns why it stays as it is.</summary>
    public RowError? Add(RowCursor row, string name)
    {
        if (rows.Add(target, row, batch) is { } error)
            return error;
        names.Add(name);
        return null;
    }

    /// <summary>
    /// The same as <see cref="SettleAsync(string?, Action{RowFailure})"/> for a row more, whose own values are made already.
    /// </summary>
    public Task<PartitionOutcome> SettleAsync(
        RowBatch row,
        string name,
        string? tenant,
        Action<RowFailure> fail
    )
    {
        batch.Add(row);
        names.Add(name);
        return SettleAsync(tenant, fail);
    }

    /// <summary>
    /// Moves the values of the rows that were added, and then the rows; those that can't be moved go to
    /// <paramref name="fail"/>. Throws <see cref="NpgsqlException"/>.
    /// </summary>
    public async Task<PartitionOutcome> SettleAsync(string? tenant, Action<RowFailure> fail)
    {
        var sum = new ExternalSum(fail);
        var moved = new List<int>();
        var open = Enumerable.Range(0, names.Count).ToList();
        for (var attempt = 0; open.Count > 0 && attempt < Attempts; attempt++)
        {
            if (attempt > 0)
                sum.Conflicts += open.Count;
            var still = open;
            open = settings.DryRun
                ? await MoveAsync(still, moved, sum, tenant)
                : await hold.WhileAsync(() => MoveAsync(still, moved, sum, tenant));
        }

        foreach (var row in open)
            Leave(row, sum, settings.IsLastSweep ? RowError.StoreError : null);
        if (settings.DryRun)
            sum.Add(HeldValues.OfWritten(batch.Only(target, moved), moved.Count));
        else if (moved.Count > 0)
            await WriteAsync(moved, sum, tenant);
        batch.Clear();
        names.Clear();
        return sum.Outcome();
    }

    // Reads and writes go to the store together; what is between them is this thread's alone.
    private async Task<List<int>> MoveAsync(List<int> open, List<int> moved, ExternalSum sum, string? tenant)
    {
        var read = await Task.WhenAll(open.Select(row => ExternalRead.OfAsync(store.Values, names[row])));
        var writes = new List<(int Row, Task<Replaced> Written)>();
        try
        {
            await BeginAsync(open, read, moved, writes, sum, tenant);
        }
        finally
        {
            // Whatever else happens, nothing is under way when this has ended.
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
            var made = rows.Reencrypt(
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

    private async Task WriteAsync(List<int> moved, ExternalSum sum, string? tenant)
    {
        var part = batch.Only(target, moved);
        var outcome = await writer.WriteAsync(part, tenant);
        sum.Add(HeldValues.OfWritten(part, outcome.Written));
        foreach (var failure in outcome.Refused)
            sum.Fail(failure);
        // Changed or held since it was read: its value is where it belongs, and the next sweep moves the row alone.
        sum.Contended += part.Count - outcome.Written - outcome.Refused.Count;
    }

    private Task FailAsync(int row, ExternalStoreException fault, ExternalSum sum, string? tenant)
    {
        if (fault.Fault != ExternalFault.Unavailable || settings.IsLastSweep || settings.DryRun)
            return FailAsync(row, RowErrors.From(fault.Fault), sum, tenant, fault);
        sum.Contended++; // a store that is away may be back for the next sweep
        return Task.CompletedTask;
    }

    // Of a row that the application changed meanwhile, its value tells nothing: the next sweep looks at both anew.
    private async Task FailAsync(
        int row,
        RowError error,
        ExternalSum sum,
        string? tenant,
        ExternalStoreException? why = null
    )
    {
        var isSame = settings.IsLastSweep || await unchanged.IsAsync(batch.Only(target, [row]), tenant);
        Leave(row, sum, isSame ? error : null, why);
    }

    private void Leave(int row, ExternalSum sum, RowError? error, ExternalStoreException? why = null)
    {
        if (error is { } one)
            sum.Fail(RowCursor.Failure(target, batch, row, one).Because(why));
        else
            sum.Contended++;
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
