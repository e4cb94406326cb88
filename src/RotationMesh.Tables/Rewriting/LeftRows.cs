using RotationMesh.Tables.Large;
using RotationMesh.Tables.Rows;
using RotationMesh.Tables.Statements;
using RotationMesh.Tables.Writing;

namespace RotationMesh.Tables.Rewriting;

/// <summary>
/// Makes row failures of the rows that the last sweep could not write, with who or what was in the way. It leaves out those
/// that are gone, or at the target version by now.
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
    /// Reads the batch again and fails the rows that are left, except those that were <paramref name="refused"/>. A row that
    /// got a large value meanwhile is set aside in <paramref name="large"/>.
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

    /// <summary>Reads a single row with a large value again, and fails it where it is still left.</summary>
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
