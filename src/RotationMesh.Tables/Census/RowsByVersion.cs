using RotationMesh.Core.Map;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Tables.Census;

/// <summary>The rows of a table by the version that they claim, as one census found them.</summary>
public record RowsByVersion(MappedTable Target, IReadOnlyList<VersionCount> Counts)
{
    /// <summary>The table, by the names of the map.</summary>
    public TableName Name => Target.Entry.FullName;

    /// <summary>All rows, wherever their value is.</summary>
    public long Rows => Counts.Sum(count => count.Rows);

    /// <summary>Rows whose value is in the table.</summary>
    public long Stored => Counts.Where(count => !count.External).Sum(count => count.Rows);

    /// <summary>Rows whose value lives elsewhere.</summary>
    public long External => Counts.Where(count => count.External).Sum(count => count.Rows);

    /// <summary>Rows that hold a value in the table; the share to verify is a share of these.</summary>
    public long Holding => Stored - Counts.Where(count => !count.External).Sum(count => count.Empty);

    /// <summary>Returns the rows whose value is in the table and that are not at a version.</summary>
    public long Pending(int version) =>
        Counts.Where(count => !count.External && count.Version != version).Sum(count => count.Rows);

    /// <summary>Returns the rows at a version that hold no value, though their value would be in the table.</summary>
    public long Empty(int version) =>
        Counts.Where(count => !count.External && count.Version == version).Sum(count => count.Empty);

    /// <summary>Returns the rows that claim a version (null: no version), either the external rows or the others.</summary>
    public long Claiming(long? version, bool external) =>
        Counts
            .Where(count => count.Version == version && count.External == external)
            .Sum(count => count.Rows);
}
