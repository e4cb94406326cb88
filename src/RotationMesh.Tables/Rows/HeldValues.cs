namespace RotationMesh.Tables.Rows;

/// <summary>Counts the rows of a batch that were written by whether they held a value.</summary>
internal static class HeldValues
{
    /// <summary>
    /// The written rows, those without a value, and the values of the others. Which rows of a batch were not written is not
    /// known: it is taken to be those that count, so that nobody is told of more than there was.
    /// </summary>
    public static PartitionOutcome OfWritten(RowBatch batch, int written)
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

        return new PartitionOutcome
        {
            Rotated = written,
            Empty = Math.Max(0, empty - missed),
            Values = Math.Max(0, values - ((long)missed * most)),
        };
    }
}
