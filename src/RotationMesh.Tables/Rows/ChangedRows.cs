using RotationMesh.Tables.Statements;

namespace RotationMesh.Tables.Rows;

/// <summary>Keys of rows that changed after they were read, and so have to be read again.</summary>
internal sealed class ChangedRows(MappedTable target)
{
    private readonly List<ReadOnlyMemory<byte>>[] keys =
    [
        .. target.Entry.Key.Select(_ => new List<ReadOnlyMemory<byte>>()),
    ];

    /// <summary>Number of rows.</summary>
    public int Count => keys[0].Count;

    /// <summary>For each key column, the text of each row in UTF-8.</summary>
    public IReadOnlyList<List<ReadOnlyMemory<byte>>> Keys => keys;

    /// <summary>Adds a row of a batch; its key is copied, because the batch's memory is used again.</summary>
    public void Add(RowBatch batch, int row)
    {
        for (var i = 0; i < keys.Length; i++)
            keys[i].Add(batch.Keys[i][row].ToArray());
    }

    /// <summary>Adds rows that were copied before.</summary>
    public void Add(ChangedRows others)
    {
        for (var i = 0; i < keys.Length; i++)
            keys[i].AddRange(others.keys[i]);
    }
}
