using RotationMesh.Tables.Rows;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Tables.Large;

/// <summary>Rows whose large values did not come with them: they are set aside while the other rows go on.</summary>
internal sealed class LargeRows(MappedTable target)
{
    /// <summary>Rows that are set aside before they are settled: few, because they are lost when the partition stops.</summary>
    private const int AtOnce = 32;

    private readonly RowBatch rows = new(target);
    private readonly List<(long Size, string? ObjectName)> values = [];

    /// <summary>Number of rows that are set aside.</summary>
    public int Count => values.Count;

    /// <summary>Whether enough rows are set aside to settle them.</summary>
    public bool IsFull => Count >= AtOnce;

    /// <summary>Sets the cursor's row aside; its largest value has <paramref name="size"/> bytes.</summary>
    public void Add(RowCursor row, long size)
    {
        rows.AddIdentity(row, held: 0);
        values.Add((size, row.ObjectName));
    }

    /// <summary>Returns a batch of one row, without its values.</summary>
    public RowBatch Row(int i) => rows.Only([i]);

    /// <summary>Returns the size in bytes of a row's largest value.</summary>
    public long Size(int i) => values[i].Size;

    /// <summary>Returns the name of the object that holds a value of the row; null where the table holds all.</summary>
    public string? ObjectName(int i) => values[i].ObjectName;

    /// <summary>Returns a row failure where a value is larger than the map allows; else null.</summary>
    public RowFailure? TooLarge(int i) =>
        Size(i) <= target.Entry.LargestValue
            ? null
            : RowCursor.Failure(target, rows, i, RowError.ValueTooLarge) with
            {
                Size = Size(i),
            };

    /// <summary>Forgets all rows.</summary>
    public void Clear()
    {
        rows.Clear();
        values.Clear();
    }
}
