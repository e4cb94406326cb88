using RotationMesh.Tables.Rows;
using RotationMesh.Tables.Statements;
using RotationMesh.Tables.Writing;

namespace RotationMesh.Tables.External;

/// <summary>Writes rows whose values in the store are at the target version already, and tells which ones it could write.</summary>
internal sealed class MovedRows(
    MappedTable target,
    RotationSettings settings,
    BatchWriter writer,
    BatchWriter trial,
    UnchangedRows unchanged,
    RowHolders holders
)
{
    /// <summary>
    /// Returns the rows that the database would write now, by their places in the batch, and adds to <paramref name="sum"/> what is
    /// wrong with the others. The value of a row that it refuses must not be moved: nobody could read it.
    /// </summary>
    public async Task<List<int>> TryAsync(RowBatch rows, ExternalSum sum, string? tenant)
    {
        if ((await trial.WriteAsync(rows, tenant)).Written == rows.Count)
            return [.. Enumerable.Range(0, rows.Count)];
        var able = new List<int>();
        for (var row = 0; row < rows.Count; row++)
        {
            var one = rows.Only([row]);
            var tried = await trial.WriteAsync(one, tenant);
            if (tried.Written == 1)
                able.Add(row);
            else
                await TellAsync(one, tried, sum, tenant, moved: "");
        }

        return able;
    }

    /// <summary>Writes the rows, and adds to <paramref name="sum"/> what became of them.</summary>
    public async Task WriteAsync(RowBatch rows, ExternalSum sum, string? tenant)
    {
        var outcome = await writer.WriteAsync(rows, tenant);
        sum.Add(HeldValues.OfWritten(rows, outcome.Written));
        await TellAsync(rows, outcome, sum, tenant, moved: "; its object is at the target version already");
    }

    private async Task TellAsync(
        RowBatch rows,
        BatchOutcome outcome,
        ExternalSum sum,
        string? tenant,
        string moved
    )
    {
        foreach (var failure in outcome.Refused)
            sum.Fail(moved.Length == 0 ? failure : failure with { Cause = failure.Cause + moved });
        // The other rows were changed or locked since they were read, or a trigger passes them over. The next sweep moves them.
        var missed = rows.Count - outcome.Written - outcome.Refused.Count;
        sum.Add(new() { Contended = missed });
        if (missed > 0 && settings.IsLastSweep)
            await FailMissedAsync(rows, outcome.Refused, sum, tenant, moved);
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
