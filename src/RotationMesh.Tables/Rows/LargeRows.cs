using RotationMesh.Tables.Schema;

namespace RotationMesh.Tables.Rows;

/// <summary>Rows that are set aside while others go on, because their values are large and did not come with them.</summary>
internal sealed class LargeRows(MappedTable target)
{
    /// <summary>Rows that are set aside: few, for whatever stops the others loses them.</summary>
    private const int AtOnce = 32;

    private readonly RowBatch rows = new(target);
    private readonly List<(long Size, string? ObjectName)> values = [];

    /// <summary>How many there are.</summary>
    public int Count => values.Count;

    /// <summary>Whether it is time to see to those that are set aside.</summary>
    public bool IsFull => Count >= AtOnce;

    /// <summary>Sets the cursor's row aside, whose largest value has <paramref name="size"/> bytes.</summary>
    public void Add(RowCursor row, long size)
    {
        rows.AddIdentity(row, held: 0);
        values.Add((size, row.ObjectName));
    }

    /// <summary>One row, without its values.</summary>
    public RowBatch Row(int i) => rows.Only(target, [i]);

    /// <summary>Bytes of its largest value.</summary>
    public long Size(int i) => values[i].Size;

    /// <summary>Name of the object that holds a value of the row; null where the table holds all.</summary>
    public string? ObjectName(int i) => values[i].ObjectName;

    /// <summary>The row as a failure for its size, where a value is larger than the map allows; else null.</summary>
    public RowFailure? TooLarge(int i) =>
        Size(i) <= target.Entry.LargestValue
            ? null
            : RowCursor.Failure(target, rows, i, RowError.ValueTooLarge) with
            {
                Size = Size(i),
            };

    /// <summary>Forgets them.</summary>
    public void Clear()
    {
        rows.Clear();
        values.Clear();
    }
}
