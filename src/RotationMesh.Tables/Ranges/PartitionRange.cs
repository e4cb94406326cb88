using RotationMesh.Core.Map;

namespace RotationMesh.Tables.Ranges;

/// <summary>
/// The rows of one partition: pages of a leaf table, tenants of it, or both. Logical names only, so that it can travel
/// in a message without widening what its receiver does.
/// </summary>
public sealed record PartitionRange
{
    /// <summary>Scope of the table.</summary>
    public required string Scope { get; init; }

    /// <summary>Database of the table, as the map names it.</summary>
    public required string Database { get; init; }

    /// <summary>Table as the map names it.</summary>
    public required string Table { get; init; }

    /// <summary>Leaf that holds the rows; the table itself where it is not partitioned.</summary>
    public required SqlName Leaf { get; init; }

    /// <summary>First page and the page after the last; null for all pages.</summary>
    public PageRange? Pages { get; init; }

    /// <summary>
    /// Tenants as keys are derived for them (so <c>tenantWhenNull</c> stands for NULL as well); null for all tenants.
    /// </summary>
    public IReadOnlyList<string>? Tenants { get; init; }

    /// <summary>Rows that the planner expects; for progress only.</summary>
    public long ExpectedRows { get; init; }
}

/// <summary>Pages <paramref name="From"/> up to and without <paramref name="To"/> of a heap, 8 KB each.</summary>
public readonly record struct PageRange(uint From, uint To);
