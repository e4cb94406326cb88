using RotationMesh.Tables.Rows;
using RotationMesh.Tables.Statements;
using RotationMesh.Tables.Writing;

namespace RotationMesh.Tables.External;

/// <summary>Writes rows whose values in the store are at the target version already, and tells which ones it could write.</summary>
internal sealed class MovedRows(
    MappedTable target,
    RowReencryptor reencryptor,
    RotationSettings settings,
    PendingRows pending,
    BatchWriter writer,
    BatchWriter trial,
    UnchangedRows unchanged,
    RowHolders holders
)
{
    private const string Moved = "; its object is at the target version already";

    /// <summary>
    /// Returns the rows that the database would write now, by their places in the batch, and adds to <paramref name="sum"/> what is
    /// wrong with the others. The value of a row that it refuses must not be moved: nobody could read it. Where rows are tried
    /// <paramref name="again"/>, it was moved before.
    /// </summary>
    public async Task<List<int>> TryAsync(RowBatch rows, ExternalSum sum, string? tenant, bool again)
    {
        if ((await trial.WriteAsync(rows, tenant)).Written == rows.Count)
            return [.. Enumerable.Range(0, rows.Count)];
        var moved = again ? Moved : "";
        var able = new List<int>();
        for (var row = 0; row < rows.Count; row++)
        {
            var one = rows.Only([row]);
            var tried = await trial.WriteAsync(one, tenant);
            if (tried.Written == 1)
                able.Add(row);
            else
            {
                Tell(tried, sum, moved);
                await LeaveAsync(one, tried, sum, tenant, moved);
            }
        }

        return able;
    }

    /// <summary>
    /// Writes the rows, and adds to <paramref name="sum"/> what became of them. Unless this is the <paramref name="last"/> time, it
    /// returns those that the application changed meanwhile, with the names of their objects: with its old version, such a row is
    /// unreadable.
    /// </summary>
    public async Task<(RowBatch Again, List<string> Names)> WriteAsync(
        RowBatch rows,
        ExternalSum sum,
        string? tenant,
        bool last
    )
    {
        var outcome = await writer.WriteAsync(rows, tenant);
        sum.Add(HeldValues.OfWritten(rows, outcome.Written));
        Tell(outcome, sum, Moved);
        if (last)
            await LeaveAsync(rows, outcome, sum, tenant, Moved);
        else if (outcome.Written + outcome.Refused.Count < rows.Count)
            return await ReadAgainAsync(rows, outcome, sum, tenant);
        return (new RowBatch(target), []);
    }

    // A row that got a large value, or whose value came back into the table, is left to the next sweep.
    private async Task<(RowBatch Again, List<string> Names)> ReadAgainAsync(
        RowBatch rows,
        BatchOutcome outcome,
        ExternalSum sum,
        string? tenant
    )
    {
        var again = new RowBatch(target);
        var names = new List<string>();
        await pending.ReadAsync(rows, tenant, See);
        sum.Add(new() { Conflicts = names.Count });
        return (again, names);

        void See(RowCursor row)
        {
            if (outcome.Refused.Any(refused => refused.Key.SequenceEqual(row.KeyParts())))
                return;
            if (row is not { LargeSize: null, ObjectName: { } name })
                sum.Add(new() { Contended = 1 });
            else if (reencryptor.Add(target, row, again) is { } error)
                sum.Fail(row.Failure(error));
            else
                names.Add(name);
        }
    }

    private async Task LeaveAsync(
        RowBatch rows,
        BatchOutcome outcome,
        ExternalSum sum,
        string? tenant,
        string moved
    )
    {
        // They were changed or locked since they were read, or a trigger passes them over. The next sweep moves them.
        var missed = rows.Count - outcome.Written - outcome.Refused.Count;
        sum.Add(new() { Contended = missed });
        if (missed > 0 && settings.IsLastSweep)
            await FailMissedAsync(rows, outcome.Refused, sum, tenant, moved);
    }

    private static void Tell(BatchOutcome outcome, ExternalSum sum, string moved)
    {
        foreach (var failure in outcome.Refused)
            sum.Fail(moved.Length == 0 ? failure : failure with { Cause = failure.Cause + moved });
    }

    // A row that was written, or that the application changed, is not as it was read.
    private async Task FailMissedAsync(
        RowBatch rows,
        IReadOnlyList<RowFailure> refused,
        ExternalSum sum,
        string? tenant,
        string moved
    )
    {
        for (var row = 0; row < rows.Count; row++)
        {
            var failure = RowCursor.Failure(target, rows, row, RowError.DatabaseError);
            if (refused.Any(other => other.Key.SequenceEqual(failure.Key)))
                continue;
            var one = rows.Only([row]);
            if (await unchanged.IsAsync(one, tenant))
                sum.Fail(failure with { Cause = $"{(await holders.ExplainAsync(one, tenant))[0]}{moved}" });
        }
    }
}
