using RotationMesh.Tables.Schema;

namespace RotationMesh.Tables.Rows;

/// <summary>
/// What becomes of rows that the last sweep could not write: those that are gone, or at the target by now, are none of its
/// business; the others fail, with who or what was in the way.
/// </summary>
internal sealed class LeftRows(
    MappedTable target,
    ConflictReader conflicts,
    RowHolders holders,
    RowReencryptor rows,
    Action<RowFailure> fail
)
{
    /// <summary>
    /// Reads the batch again and fails what is left of it, but for those that were <paramref name="refused"/>; a row that got a
    /// large value meanwhile is set aside in <paramref name="large"/>.
    /// </summary>
    public async Task FailAsync(
        RowBatch batch,
        IReadOnlyList<RowFailure> refused,
        bool mayBeHeld,
        string? tenant,
        LargeRows large
    ) =>
        await FailAsync(
            await conflicts.ReadAgainAsync(batch, refused, mayBeHeld, tenant, rows, large, fail),
            tenant
        );

    /// <summary>The same of a single row that has a large value.</summary>
    public async Task FailLargeAsync(RowBatch row, bool mayBeHeld, string? tenant)
    {
        var large = new LargeRows(target);
        await FailAsync(row, [], mayBeHeld, tenant, large);
        for (var i = 0; i < large.Count; i++)
            await FailAsync(large.Row(i), tenant);
    }

    private async Task FailAsync(RowBatch left, string? tenant)
    {
        if (left.Count == 0)
            return;
        var why = await holders.ExplainAsync(left, tenant);
        for (var row = 0; row < left.Count; row++)
            fail(RowCursor.Failure(target, left, row, RowError.DatabaseError) with { Cause = why[row] });
    }
}
