using RotationMesh.Core.Map;

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

    /// <summary>First page and the page after the last; null for all pages.</summary>
    public PageRange? Pages { get; init; }

    /// <summary>
    /// Tenants as keys are derived for them (so <c>tenantWhenNull</c> stands for NULL as well); null for all tenants.
    /// </summary>
    public IReadOnlyList<string>? Tenants { get; init; }

    /// <summary>Rows that the planner expects; for progress only.</summary>
    public long ExpectedRows { get; init; }

    /// <summary>
    /// Returns ranges that hold the rows of this one without those of <paramref name="other"/>. No range can say "all tenants
    /// but these": where that is left, this range is returned as it is.
    /// </summary>
    public IReadOnlyList<PartitionRange> Without(PartitionRange other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (
            (FullName, Leaf) != (other.FullName, other.Leaf)
            || (Tenants is null && other.Tenants is not null)
        )
            return [this];
        var shared = other.Tenants is null ? Tenants : Tenants?.Intersect(other.Tenants).ToArray();
        var all = Pages ?? PageRange.All;
        var left = all.Without(other.Pages ?? PageRange.All).ToList();
        if (shared is { Count: 0 } || left.Contains(all))
            return [this];
        var parts = left.ConvertAll(pages => this with { Tenants = shared, Pages = pages });
        if (shared is not null && Tenants?.Except(shared).ToArray() is { Length: > 0 } others)
            parts.Insert(0, this with { Tenants = others });
        return [.. parts.Select(part => part with { ExpectedRows = ExpectedRows / parts.Count })];
    }

    /// <summary>The rows of a leaf of a table, of some tenants or (null) of all.</summary>
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

/// <summary>Pages of a heap (8 KB each as a rule), from <paramref name="From"/> to just before <paramref name="To"/>.</summary>
public readonly record struct PageRange(uint From, uint To)
{
    /// <summary>All pages that a heap can have.</summary>
    public static PageRange All => new(0, uint.MaxValue);

    /// <summary>Returns the pages of this range before and behind <paramref name="other"/>.</summary>
    public IEnumerable<PageRange> Without(PageRange other)
    {
        var before = this with { To = Math.Min(To, other.From) };
        var behind = this with { From = Math.Max(From, other.To) };
        return new[] { before, behind }.Where(pages => pages.From < pages.To);
    }
}
