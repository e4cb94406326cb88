using System.Text.Json.Serialization;

namespace RotationMesh.Operations.Documents;

/// <summary>Rows by their outcome: <see cref="Rows"/> is the sum of rotated, current, external and failed.</summary>
public record RowTotals
{
    /// <summary>Rows that are settled.</summary>
    public long Rows => Rotated + Current + External + Failed;

    /// <summary>Rows brought to the target version; in a dry run, rows that would be.</summary>
    public required long Rotated { get; init; }

    /// <summary>Rows that were at the target version already.</summary>
    public required long Current { get; init; }

    /// <summary>Rotated and current rows that hold no value, so that nothing of them was decrypted.</summary>
    public long Empty { get; init; }

    /// <summary>External rows, whose value lives outside the table.</summary>
    public required long External { get; init; }

    /// <summary>Rows that are not at the target version, or do not decrypt under it.</summary>
    public required long Failed { get; init; }

    /// <summary>Number of conflicts: times that a row had changed between read and write.</summary>
    public required long Conflicts { get; init; }

    /// <summary>Rows that are still to be processed.</summary>
    public required long Pending { get; init; }
}

/// <summary>The rows of one table by their outcome.</summary>
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

    /// <summary>Encrypted columns of the map that hold a value in few rows, where the map does not allow that.</summary>
    public IReadOnlyList<SparseColumnDocument> Sparse { get; init; } = [];
}

/// <summary>
/// An encrypted column of the map, with its path, and the number of the table's rows that hold a value there.
/// </summary>
public sealed record SparseColumnDocument(string Column, long Values, long Rows);
