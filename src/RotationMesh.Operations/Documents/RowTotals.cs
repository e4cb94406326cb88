using System.Text.Json.Serialization;

namespace RotationMesh.Operations.Documents;

/// <summary>What became of rows: <see cref="Rows"/> is the sum of rotated, current, external and failed.</summary>
public record RowTotals
{
    /// <summary>Rows that are settled.</summary>
    public long Rows => Rotated + Current + External + Failed;

    /// <summary>Rows brought to the target version; in a dry run, rows that would be.</summary>
    public required long Rotated { get; init; }

    /// <summary>Rows that were at the target version already.</summary>
    public required long Current { get; init; }

    /// <summary>Those of the rotated and current rows that hold no value, so that nothing of them was decrypted.</summary>
    public long Empty { get; init; }

    /// <summary>Rows whose value lives elsewhere.</summary>
    public required long External { get; init; }

    /// <summary>Rows that are not at the target version, or do not decrypt under it.</summary>
    public required long Failed { get; init; }

    /// <summary>Times that a row had changed between read and write.</summary>
    public required long Conflicts { get; init; }

    /// <summary>Rows that are still to do.</summary>
    public required long Pending { get; init; }
}

/// <summary>What became of the rows of one table.</summary>
public sealed record TableDocument : RowTotals
{
    /// <summary>Scope of the table.</summary>
    [JsonPropertyOrder(-3)]
    public required string Scope { get; init; }

    /// <summary>Database of the table.</summary>
    [JsonPropertyOrder(-2)]
    public required string Database { get; init; }

    /// <summary>Table as the map names it.</summary>
    [JsonPropertyOrder(-1)]
    public required string Table { get; init; }

    /// <summary>Declared columns that hold a value in few rows, where the map does not say that it may be so.</summary>
    public IReadOnlyList<SparseColumnDocument> Sparse { get; init; } = [];
}

/// <summary>A declared column, with its path, and in how many of the table's rows it holds a value.</summary>
public sealed record SparseColumnDocument(string Column, long Values, long Rows);
