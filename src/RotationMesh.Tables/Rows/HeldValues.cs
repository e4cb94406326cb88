using RotationMesh.Core;

namespace RotationMesh.Tables.Rows;

/// <summary>Counts the written rows of a batch, those without a value, and the values.</summary>
internal static class HeldValues
{
    /// <summary>
    /// Returns the number of written rows, and the least number of empty rows and of values among them. Which rows of a batch
    /// were not written is unknown: each count assumes those that lower it most, so that it is never too high.
    /// </summary>
    public static RowCounts OfWritten(RowBatch batch, int written)
    {
        var missed = batch.Count - written;
        var (empty, values, most) = (0, 0L, 0);
        foreach (var held in batch.Held)
        {
            if (held == 0)
                empty++;
            values += held;
            most = Math.Max(most, held);
        }

        return new RowCounts
        {
            Rotated = written,
            Empty = Math.Max(0, empty - missed),
            Values = Math.Max(0, values - ((long)missed * most)),
        };
    }
}
