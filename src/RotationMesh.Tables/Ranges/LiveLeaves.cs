using Npgsql;
using RotationMesh.Core.Map;
using RotationMesh.Tables.Schema;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Tables.Ranges;

/// <summary>
/// Lists the leaves that a table has now. A leaf that was attached after the table was checked holds rows that the census
/// counts, so a sweep must rewrite them too.
/// </summary>
internal static class LiveLeaves
{
    private const string IsThere = """
        SELECT EXISTS (
            SELECT FROM pg_catalog.pg_class c WHERE c.oid OPERATOR(pg_catalog.=) $1::pg_catalog.int8::pg_catalog.oid)
        """;

    /// <summary>
    /// Lists the leaves in the order of their names, the table itself first. The columns of a leaf are those with which the table was
    /// checked: what was replaced since is to be looked at before its rows are planned.
    /// </summary>
    public static async Task<IReadOnlyList<LeafTable>> ListAsync(
        NpgsqlConnection connection,
        MappedTable target,
        CancellationToken cancellationToken
    )
    {
        cancellationToken.ThrowIfCancellationRequested();
        var catalog = new Catalog(connection, cancellationToken);
        if (await catalog.FindTableAsync(SqlName.Parse(target.Shape.Quoted)) is not { } table)
            return [];
        var leaves = await catalog.LeavesAsync(table.Oid, target.Entry.Only);
        var known = target
            .Shape.Leaves.Where(leaf => leaf.Columns is not null)
            .DistinctBy(leaf => leaf.Oid)
            .ToDictionary(leaf => leaf.Oid);
        var others = leaves.Select(leaf => leaf.Oid).Where(oid => !known.ContainsKey(oid)).ToList();
        var columns =
            others.Count == 0
                ? new Dictionary<long, string?>()
                : await LeafColumns.ListAsync(connection, others, target.Entry, cancellationToken);
        return
        [
            .. leaves
                .Where(leaf => leaf.Kind == "r")
                .Select(leaf => new LeafTable(
                    new SqlName(new SqlIdentifier(leaf.Schema), new SqlIdentifier(leaf.Name))
                )
                {
                    Oid = leaf.Oid,
                    Columns =
                        known.GetValueOrDefault(leaf.Oid)?.Columns ?? columns.GetValueOrDefault(leaf.Oid),
                }),
        ];
    }

    /// <summary>Whether the leaf exists; one that was dropped has no rows left.</summary>
    public static async Task<bool> ExistsAsync(
        ApplicationDatabases databases,
        PartitionRange range,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await databases.OpenReadingAsync(range.Database, cancellationToken);
        return await new Catalog(connection, cancellationToken).FindTableAsync(range.Leaf) is not null;
    }

    /// <summary>
    /// Whether the leaf that had this name when the table was checked exists, by another name then; true where nobody knows.
    /// </summary>
    public static async Task<bool> IsAwayAsync(
        ApplicationDatabases databases,
        MappedTable target,
        PartitionRange range,
        CancellationToken cancellationToken
    )
    {
        var oid = target.Shape.Leaves.FirstOrDefault(leaf => leaf.Name == range.Leaf)?.Oid ?? 0;
        if (oid == 0)
            return true;
        await using var connection = await databases.OpenReadingAsync(range.Database, cancellationToken);
        await using var command = new NpgsqlCommand(IsThere, connection);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = oid });
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
