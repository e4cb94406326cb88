using System.Text.Json;
using RotationMesh.Core.Map;
using RotationMesh.Tables.Schema;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Tables.Planning;

/// <summary>
/// The leaves of a table at one moment, by their oids. Two lists tell what became of them in between: a leaf that was renamed
/// or moved to another schema looks dropped to a worker that reads it by its planned name. One that was attached is in no
/// partition. In one that was rewritten (<c>VACUUM FULL</c>, <c>CLUSTER</c>), rows lie on other pages. Where a column took the
/// name of another one, what was read of that one says nothing.
/// </summary>
/// <param name="Table">Oid of the table itself.</param>
/// <param name="Leaves">Its leaves by oid; the table itself where it is not partitioned.</param>
public sealed record LeafList(long Table, IReadOnlyDictionary<long, LeafState> Leaves)
{
    private static readonly string ListFiles = $"""
        SELECT c.oid::pg_catalog.int8 AS Oid, c.relfilenode::pg_catalog.int8 AS File,
               coalesce(pg_catalog.pg_relation_size(c.oid) OPERATOR(pg_catalog.>) 0, false) AS HasPages,
               {LeafColumns.Of("c.oid", "@names::pg_catalog.name[]")} AS Columns
        FROM pg_catalog.pg_class c WHERE c.oid OPERATOR(pg_catalog.=) ANY (@oids::pg_catalog.oid[])
        """;

    /// <summary>Reads the leaves that the table has now; null where the table is gone.</summary>
    public static async Task<LeafList?> ReadAsync(
        ApplicationDatabases databases,
        MappedTable target,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(databases);
        ArgumentNullException.ThrowIfNull(target);
        await using var connection = await databases.OpenReadingAsync(
            target.Entry.Database,
            cancellationToken
        );
        var catalog = new Catalog(connection, cancellationToken);
        if (await catalog.FindTableAsync(SqlName.Parse(target.Shape.Quoted)) is not { } table)
            return null;
        var leaves = await catalog.LeavesAsync(table.Oid, target.Entry.Only);
        var files = (
            await connection.PreparedAsync<(long Oid, long File, bool HasPages, string? Columns)>(
                ListFiles,
                cancellationToken,
                ("oids", leaves.Select(leaf => leaf.Oid).ToArray()),
                ("names", LeafColumns.Names(target.Entry))
            )
        ).ToDictionary(file => file.Oid);
        return new LeafList(
            table.Oid,
            leaves.ToDictionary(
                leaf => leaf.Oid,
                leaf =>
                {
                    var (_, file, hasPages, columns) = files.GetValueOrDefault(leaf.Oid);
                    var name = new SqlName(new SqlIdentifier(leaf.Schema), new SqlIdentifier(leaf.Name));
                    return new LeafState(name.Quoted, file, hasPages) { Columns = columns };
                }
            )
        );
    }

    /// <summary>Reads what <see cref="ToText"/> wrote. Throws <see cref="JsonException"/> where it is something else.</summary>
    public static LeafList Parse(string text) =>
        JsonSerializer.Deserialize<LeafList>(text) ?? throw new JsonException("no list of leaves");

    /// <summary>The list as the control database keeps it.</summary>
    public string ToText() => JsonSerializer.Serialize(this);

    /// <summary>Returns what changed since <paramref name="before"/>.</summary>
    public LeafChange Since(LeafList before)
    {
        ArgumentNullException.ThrowIfNull(before);
        var names = before.Leaves.Values.Select(leaf => leaf.Name).ToHashSet();
        var other = Leaves
            .Where(leaf =>
                before.Leaves.TryGetValue(leaf.Key, out var was)
                    ? !leaf.Value.Continues(was)
                    : leaf.Value.HasPages && names.Contains(leaf.Value.Name)
            )
            .Select(leaf => leaf.Value.Name)
            .Order(StringComparer.Ordinal)
            .Select(SqlName.Parse)
            .FirstOrDefault();
        return new LeafChange(
            other,
            Leaves
                .Where(leaf => !before.Leaves.ContainsKey(leaf.Key))
                .Select(leaf => SqlName.Parse(leaf.Value.Name))
                .ToHashSet()
        )
        {
            IsReplaced = Table != before.Table,
        };
    }
}

/// <summary>A leaf at one moment.</summary>
/// <param name="Name">Its quoted name with the schema.</param>
/// <param name="File">Number of its file, which a rewrite changes.</param>
/// <param name="HasPages">Whether the file holds any page; one that <c>TRUNCATE</c> emptied has none.</param>
public sealed record LeafState(string Name, long File, bool HasPages)
{
    /// <summary>Which columns the map's names stand for; null in a list of an earlier release.</summary>
    public string? Columns { get; init; }

    /// <summary>Whether what was read of the leaf in the state <paramref name="was"/> still counts.</summary>
    internal bool Continues(LeafState was) =>
        Name == was.Name
        && (
            !HasPages
            || (File == was.File && (was.Columns is null || Columns is null || Columns == was.Columns))
        );
}

/// <summary>What became of the leaves of a table.</summary>
/// <param name="Other">
/// A leaf that has another name or other columns, was rewritten, or took the place of another one, so that what was read by its
/// name does not count; null where there is none.
/// </param>
/// <param name="Added">Leaves that are new.</param>
public sealed record LeafChange(SqlName? Other, IReadOnlySet<SqlName> Added)
{
    /// <summary>Whether another table has the name now.</summary>
    public bool IsReplaced { get; init; }

    /// <summary>Whether what was read of the table, or of one of its leaves, does not count.</summary>
    public bool IsOther => IsReplaced || Other is not null;
}
