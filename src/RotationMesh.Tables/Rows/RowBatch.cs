using RotationMesh.Tables.Schema;

namespace RotationMesh.Tables.Rows;

/// <summary>Rows that are written in one transaction: where each is, what proves it unchanged, and its new envelopes.</summary>
internal sealed class RowBatch
{
    private const long MostBytes = 8 * 1024 * 1024;

    private readonly List<ReadOnlyMemory<byte>>[] keys;
    private readonly List<ReadOnlyMemory<byte>>[] values;

    public RowBatch(MappedTable target)
    {
        keys = [.. target.Entry.Key.Select(_ => new List<ReadOnlyMemory<byte>>())];
        values = [.. target.Columns.Select(_ => new List<ReadOnlyMemory<byte>>())];
    }

    public int Count => Ctids.Count;

    /// <summary>ctid of each row when it was read, written as <c>(page,item)</c> in UTF-8.</summary>
    public List<ReadOnlyMemory<byte>> Ctids { get; } = [];

    /// <summary>xmin of each row when it was read.</summary>
    public List<uint> Xmins { get; } = [];

    /// <summary>For each key column, its text of each row in UTF-8.</summary>
    public IReadOnlyList<List<ReadOnlyMemory<byte>>> Keys => keys;

    /// <summary>For each encrypted column, the new stored value of each row; empty where the column stays as it is.</summary>
    public IReadOnlyList<List<ReadOnlyMemory<byte>>> Values => values;

    /// <summary>
    /// Tenant and source version of each row, for the record should the database refuse it, and the text that its keys are
    /// derived for.
    /// </summary>
    public List<(string? Tenant, long? Version, string? KeyTenant)> Origins { get; } = [];

    /// <summary>How many values each row holds: none where there was nothing to re-encrypt.</summary>
    public List<int> Held { get; } = [];

    public ByteSlab Slab { get; } = new();

    /// <summary>
    /// Whether it has <paramref name="rows"/> rows, or so many bytes of new envelopes that memory would grow with the number of
    /// large values; the last row may go beyond it.
    /// </summary>
    public bool IsFull(int rows) => Count >= rows || Slab.Length >= MostBytes;

    public void Clear()
    {
        Ctids.Clear();
        Xmins.Clear();
        Origins.Clear();
        Held.Clear();
        foreach (var list in keys)
            list.Clear();
        foreach (var list in values)
            list.Clear();
        Slab.Reset();
    }

    /// <summary>
    /// Adds what finds a row again and proves it unchanged, and how many values it <paramref name="held"/>; they are added
    /// by whoever makes them.
    /// </summary>
    public void AddIdentity(RowCursor row, int held)
    {
        Held.Add(held);
        Ctids.Add(row.Ctid(Slab));
        Xmins.Add(row.Xmin);
        Origins.Add((row.Tenant, row.Version, row.KeyTenant));
        for (var i = 0; i < keys.Length; i++)
            keys[i].Add(row.Key(i, Slab));
    }

    /// <summary>Adds the rows of another batch; the bytes stay that batch's.</summary>
    public void Add(RowBatch other)
    {
        Ctids.AddRange(other.Ctids);
        Xmins.AddRange(other.Xmins);
        Origins.AddRange(other.Origins);
        Held.AddRange(other.Held);
        for (var i = 0; i < keys.Length; i++)
            keys[i].AddRange(other.keys[i]);
        for (var i = 0; i < values.Length; i++)
            values[i].AddRange(other.values[i]);
    }

    /// <summary>Some of the rows; the bytes stay this batch's.</summary>
    public RowBatch Only(MappedTable target, IEnumerable<int> rows)
    {
        var part = new RowBatch(target);
        foreach (var row in rows)
        {
            part.Ctids.Add(Ctids[row]);
            part.Xmins.Add(Xmins[row]);
            part.Origins.Add(Origins[row]);
            part.Held.Add(Held[row]);
            for (var i = 0; i < keys.Length; i++)
                part.keys[i].Add(keys[i][row]);
            for (var i = 0; i < values.Length; i++)
                part.values[i].Add(values[i].Count == 0 ? default : values[i][row]);
        }

        return part;
    }

    /// <summary>The rows from <paramref name="start"/> on; the bytes stay this batch's.</summary>
    public RowBatch Part(MappedTable target, int start, int count)
    {
        var part = new RowBatch(target);
        part.Ctids.AddRange(Ctids.GetRange(start, count));
        part.Xmins.AddRange(Xmins.GetRange(start, count));
        part.Origins.AddRange(Origins.GetRange(start, count));
        part.Held.AddRange(Held.GetRange(start, count));
        for (var i = 0; i < keys.Length; i++)
            part.keys[i].AddRange(keys[i].GetRange(start, count));
        for (var i = 0; i < values.Length; i++)
            part.values[i].AddRange(values[i].GetRange(start, count));
        return part;
    }
}
