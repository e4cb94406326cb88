namespace RotationMesh.Tables.Rows;

/// <summary>Words for an object of the store that is at another version than its row claims.</summary>
internal static class ObjectVersion
{
    /// <summary>
    /// Returns the fault. An object that is newer: a run ended between object and row, and nothing moved the row after it. One that is
    /// older: the application wrote it after its row had been rotated, or an undo ended between the two.
    /// </summary>
    public static RowFault Explain(long claimed, int found) =>
        new(
            RowError.AuthenticationFailed,
            found > claimed
                ? $"its object is at version {found} already: rotate to {found}, then undo where that is meant"
                : $"its object is at version {found} still: undo to {found}, then rotate to {claimed} again"
        );
}
