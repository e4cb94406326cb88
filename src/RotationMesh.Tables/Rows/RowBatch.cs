using Npgsql;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Tables.Rows;

/// <summary>
/// Rows that are written in one transaction: of each the ctid, the xmin and key that prove it unchanged, and its new envelopes;
/// and the parameters by which they are written.
/// </summary>
internal sealed class RowBatch
{
    private const long MostBytes = 8 * 1024 * 1024;

    private readonly List<ReadOnlyMemory<byte>>[] keys;
    private readonly List<ReadOnlyMemory<byte>>[] values;

    public RowBatch(MappedTable target)
    {
        Target = target;
        keys = [.. target.Entry.Key.Select(_ => new List<ReadOnlyMemory<byte>>())];
        values = [.. target.Columns.Select(_ => new List<ReadOnlyMemory<byte>>())];
    }

    /// <summary>The table of the rows.</summary>
    public MappedTable Target { get; }

    public int Count => Ctids.Count;

    /// <summary>ctid of each row when it was read, written as <c>(page,item)</c> in UTF-8.</summary>
    public List<ReadOnlyMemory<byte>> Ctids { get; } = [];

    /// <summary>xmin of each row when it was read.</summary>
    public List<uint> Xmins { get; } = [];

    /// <summary>For each key column, the text of each row in UTF-8.</summary>
    public IReadOnlyList<List<ReadOnlyMemory<byte>>> Keys => keys;

    /// <summary>For each encrypted column, the new stored value of each row; empty where the column stays as it is.</summary>
    public IReadOnlyList<List<ReadOnlyMemory<byte>>> Values => values;

    /// <summary>
    /// Tenant and source version of each row, for its row failure should the database refuse it, and the text that its keys
    /// are derived for.
    /// </summary>
    public List<(string? Tenant, long? Version, string? KeyTenant)> Origins { get; } = [];

    /// <summary>Number of values that each row holds; zero where there was nothing to re-encrypt.</summary>
    public List<int> Held { get; } = [];

    public ByteSlab Slab { get; } = new();

    /// <summary>
    /// Returns whether the batch has <paramref name="rows"/> rows or 8 MiB of keys and envelopes: memory must not grow with
    /// the number of large values. The last row may exceed the limit.
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
    /// Adds what finds a row again and proves it unchanged, and the number of values that it <paramref name="held"/>. The
    /// caller adds the values themselves.
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

    /// <summary>Adds the rows of another batch; their bytes stay in that batch's memory.</summary>
    public void Add(RowBatch other)
    {
        AddIdentities(other);
        for (var i = 0; i < values.Length; i++)
            values[i].AddRange(other.values[i]);
    }

    /// <summary>Adds what finds the rows of another batch again, without their values.</summary>
    public void AddIdentities(RowBatch other)
    {
        Ctids.AddRange(other.Ctids);
        Xmins.AddRange(other.Xmins);
        Origins.AddRange(other.Origins);
        Held.AddRange(other.Held);
        for (var i = 0; i < keys.Length; i++)
            keys[i].AddRange(other.keys[i]);
    }

    /// <summary>Returns a batch of some of the rows; their bytes stay in this batch's memory.</summary>
    public RowBatch Only(IEnumerable<int> rows)
    {
        var part = new RowBatch(Target);
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

    /// <summary>
    /// Returns a batch of <paramref name="count"/> rows from <paramref name="start"/> on; their bytes stay in this batch's
    /// memory.
    /// </summary>
    public RowBatch Part(int start, int count)
    {
        var part = new RowBatch(Target);
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

    /// <summary>
    /// Makes a command with the parameters of <see cref="TableSql.Write"/>: target version, ctids, xmins, keys and values.
    /// </summary>
    public NpgsqlBatchCommand Command(string sql, int targetVersion)
    {
        var command = new NpgsqlBatchCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = targetVersion });
        command.Parameters.Add(Array("text[]", Ctids));
        command.Parameters.Add(Array("xid[]", Xmins));
        foreach (var key in keys)
            command.Parameters.Add(Array("text[]", key));
        for (var i = 0; i < values.Length; i++)
            command.Parameters.Add(Array(Target.Sql.ValueArray(i), values[i]));
        return command;
    }

    /// <summary>Makes an array parameter.</summary>
    public static NpgsqlParameter<List<T>> Array<T>(string type, List<T> values) =>
        new() { DataTypeName = type, TypedValue = values };
}
