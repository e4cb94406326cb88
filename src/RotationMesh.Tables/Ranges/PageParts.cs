using Npgsql;
using RotationMesh.Core;

namespace RotationMesh.Tables.Ranges;

/// <summary>
/// Cuts a range into parts of some pages each, which are read one after the other: a worker that is stopped between two
/// parts has not read in vain.
/// </summary>
public static class PageParts
{
    private const string Pages = """
        SELECT coalesce(
            pg_catalog.pg_relation_size(pg_catalog.to_regclass($1))
              OPERATOR(pg_catalog./) pg_catalog.current_setting('block_size')::int, 0)::bigint
        """;

    /// <summary>
    /// Returns the range itself for one part, else about <paramref name="parts"/> parts of the same number of pages. The last
    /// part ends where the range does: in a range without pages, it also has what is written behind the present end later.
    /// </summary>
    public static async Task<IReadOnlyList<PartitionRange>> CutAsync(
        NpgsqlConnection connection,
        PartitionRange range,
        int parts,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(range);
        if (parts <= 1)
            return [range];
        var whole = range.Pages ?? new PageRange(0, uint.MaxValue);
        var size = await CountAsync(connection, range.Leaf.Quoted, cancellationToken);
        var end = Math.Clamp(size, whole.From, whole.To);
        var each = Math.Max(1, (end - whole.From + parts - 1) / parts);
        var cut = new List<PartitionRange>();
        for (long from = whole.From; from < end || cut.Count == 0; from += each)
        {
            var to = from + each >= end ? whole.To : (uint)(from + each);
            cut.Add(range with { Pages = new PageRange((uint)from, to) });
        }

        return cut;
    }

    /// <summary>Pages of a table's file; 0 where it is gone.</summary>
    public static async Task<uint> CountAsync(
        NpgsqlConnection connection,
        string table,
        CancellationToken cancellationToken
    )
    {
        await using var command = new NpgsqlCommand(Pages, connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = table });
        return (uint)(long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
