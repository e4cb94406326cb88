using RotationMesh.Tables.Rows;
using RotationMesh.Tables.Statements;
using RotationMesh.Tables.Writing;

namespace RotationMesh.Tables.External;

/// <summary>Writes rows whose values in the store are at the target version already.</summary>
internal sealed class MovedRows(
    MappedTable target,
    RotationSettings settings,
    BatchWriter writer,
    UnchangedRows unchanged,
    RowHolders holders
)
{
    /// <summary>Writes the rows, and adds to <paramref name="sum"/> what became of them.</summary>
    public async Task WriteAsync(RowBatch rows, ExternalSum sum, string? tenant)
    {
        var outcome = await writer.WriteAsync(rows, tenant);
        sum.Add(HeldValues.OfWritten(rows, outcome.Written));
        foreach (var failure in outcome.Refused)
            sum.Fail(failure);
        // The other rows were changed or locked since they were read, or a trigger passes them over. The next sweep moves them.
        var missed = rows.Count - outcome.Written - outcome.Refused.Count;
        sum.Add(new() { Contended = missed });
        if (missed > 0 && settings.IsLastSweep)
            await FailMissedAsync(rows, outcome.Refused, sum, tenant);
    }

    // A row that was written, or that the application changed, is not as it was read.
    private async Task FailMissedAsync(
        RowBatch rows,
        IReadOnlyList<RowFailure> refused,
        ExternalSum sum,
        string? tenant
    )
    {
        for (var row = 0; row < rows.Count; row++)
        {
            var failure = RowCursor.Failure(target, rows, row, RowError.DatabaseError);
            if (refused.Any(other => other.Key.SequenceEqual(failure.Key)))
                continue;
            var one = rows.Only([row]);
            if (await unchanged.IsAsync(one, tenant))
                sum.Fail(
                    failure with
                    {
                        Cause =
                            $"{(await holders.ExplainAsync(one, tenant))[0]}; its object is at the target version already",
                    }
                );
        }
    }
}
