using RotationMesh.Core;
using RotationMesh.Core.Map;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Tables.Ranges;

/// <summary>
/// The rows of one partition: pages of a leaf, tenants of it, or both. It has logical names only, so that a message
/// with it can't make its receiver do more than the map allows.
/// </summary>
public sealed record PartitionRange
{
    /// <summary>Scope of the table.</summary>
    public required string Scope { get; init; }

    /// <summary>Database of the table, as the map names it.</summary>
    public required string Database { get; init; }

    /// <summary>Table as the map names it.</summary>
    public required string Table { get; init; }

    /// <summary>The table, by the names of the map.</summary>
    public TableName FullName => new(Scope, Database, Table);

    /// <summary>Leaf that holds the rows; the table itself where it is not partitioned.</summary>
    public required SqlName Leaf { get; init; }

    /// <summary>
    /// Columns of the leaf when it was planned: rows that have others by the same names are not rewritten. Null where a name is all
    /// that is known.
    /// </summary>
    public string? Columns { get; init; }

    /// <summary>Lists these <see cref="Columns"/> by the oid of the leaf and their number in it; none where they are not known.</summary>
    public IEnumerable<(long Relation, int Number)> PlannedColumns() => LeafColumns.Parse(Columns);

    /// <summary>First page and the page after the last; null for all pages.</summary>
    public PageRange? Pages { get; init; }

    /// <summary>
    /// Tenants as keys are derived for them (so <c>tenantWhenNull</c> stands for NULL as well); null for all tenants.
    /// </summary>
    public IReadOnlyList<string>? Tenants { get; init; }

    /// <summary>Rows that the planner expects; for progress only.</summary>
    public long ExpectedRows { get; init; }

    /// <summary>The rows of a leaf of a table, of some tenants or (null) of all.</summary>
    public static PartitionRange Of(TableEntry entry, LeafTable leaf, IReadOnlyList<string>? tenants = null)
    {
        ArgumentNullException.ThrowIfNull(leaf);
        return Of(entry, leaf.Name, tenants) with { Columns = leaf.Columns };
    }

    /// <summary>The rows of a leaf by its name alone, of some tenants or (null) of all.</summary>
    public static PartitionRange Of(TableEntry entry, SqlName leaf, IReadOnlyList<string>? tenants = null)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return new()
        {
            Scope = entry.Scope,
            Database = entry.Database,
            Table = entry.Name,
            Leaf = leaf,
            Tenants = tenants,
        };
    }
}
