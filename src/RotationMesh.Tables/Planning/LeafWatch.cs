using RotationMesh.Core.Map;
using RotationMesh.Tables.Schema;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Tables.Planning;

/// <summary>
/// Detects changes of a table's leaves since the table was planned. A leaf that was renamed or moved to another schema
/// looks dropped to a worker that reads it by its planned name. One that was attached is in no partition. In one that was
/// rewritten (<c>VACUUM FULL</c>), rows lie on other pages.
/// </summary>
public sealed class LeafWatch(ApplicationDatabases databases)
{
    private const string ListFiles = """
        SELECT c.oid::pg_catalog.int8 AS Oid, c.relfilenode::pg_catalog.int8 AS File
        FROM pg_catalog.pg_class c WHERE c.oid OPERATOR(pg_catalog.=) ANY (@oids::pg_catalog.oid[])
        """;

    private readonly Dictionary<TableEntry, Dictionary<long, Leaf>> planned = [];

    /// <summary>Remembers the leaves that the table has now.</summary>
    public async Task RememberAsync(MappedTable target, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        planned[target.Entry] = await ListAsync(target, cancellationToken) ?? [];
    }

    /// <summary>
    /// Returns what changed since the leaves were remembered, and remembers new leaves; null where the table is gone.
    /// </summary>
    public async Task<LeafChange?> LookAsync(MappedTable target, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        if (await ListAsync(target, cancellationToken) is not { } now)
            return null;
        var known = planned[target.Entry];
        var isOther = now.Any(leaf => known.TryGetValue(leaf.Key, out var was) && was != leaf.Value);
        var added = now.Where(leaf => !known.ContainsKey(leaf.Key)).ToList();
        foreach (var (oid, leaf) in added)
            known[oid] = leaf;
        return new LeafChange(isOther, added.Select(leaf => leaf.Value.Name).ToHashSet());
    }

    private async Task<Dictionary<long, Leaf>?> ListAsync(
        MappedTable target,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await databases.OpenReadingAsync(
            target.Entry.Database,
            cancellationToken
        );
        var catalog = new Catalog(connection, cancellationToken);
        if (await catalog.FindTableAsync(SqlName.Parse(target.Shape.Quoted)) is not { } table)
            return null;
        var leaves = await catalog.LeavesAsync(table.Oid, target.Entry.Only);
        var files = (
            await connection.PreparedAsync<(long Oid, long File)>(
                ListFiles,
                cancellationToken,
                ("oids", leaves.Select(leaf => leaf.Oid).ToArray())
            )
        ).ToDictionary(file => file.Oid, file => file.File);
        return leaves.ToDictionary(
            leaf => leaf.Oid,
            leaf => new Leaf(
                new SqlName(new SqlIdentifier(leaf.Schema), new SqlIdentifier(leaf.Name)),
                files.GetValueOrDefault(leaf.Oid)
            )
        );
    }

    private sealed record Leaf(SqlName Name, long File);
}

/// <summary>What became of the leaves of a table.</summary>
/// <param name="IsOther">Whether a leaf has another name or was rewritten, so that what was read of it does not count.</param>
/// <param name="Added">Leaves that are new.</param>
public sealed record LeafChange(bool IsOther, IReadOnlySet<SqlName> Added);
