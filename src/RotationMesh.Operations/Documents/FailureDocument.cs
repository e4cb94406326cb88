using System.Text.Json.Nodes;

namespace RotationMesh.Operations.Documents;

/// <summary>A row that was left as it is: enough to find it, and never a value of it.</summary>
public sealed record FailureDocument
{
    /// <summary>Scope of the table.</summary>
    public required string Scope { get; init; }

    /// <summary>Database of the table.</summary>
    public required string Database { get; init; }

    /// <summary>Table as the map names it.</summary>
    public required string Table { get; init; }

    /// <summary>Primary key: an object of columns; whole numbers as numbers, but those of a bigint as strings, which readers would round.</summary>
    public required JsonNode? Key { get; init; }

    /// <summary>Tenant of the row.</summary>
    public required string? Tenant { get; init; }

    /// <summary>Version that the row claims.</summary>
    public required long? Version { get; init; }

    /// <summary>Error class.</summary>
    public required string Error { get; init; }

    /// <summary>Bytes of the value that is too large; null for any other error.</summary>
    public long? Size { get; init; }

    /// <summary>
    /// Why the database refused the row: its code and the names of constraint, trigger and function, or who holds the row.
    /// Null where the error says it all.
    /// </summary>
    public string? Cause { get; init; }
}

/// <summary>The failures of a rotation: all counted by cause, at most <see cref="RotationDocument.MaxFailures"/> listed.</summary>
public sealed record FailuresDocument
{
    /// <summary>The rotation.</summary>
    public required Guid RotationId { get; init; }

    /// <summary>Its state.</summary>
    public required string State { get; init; }

    /// <summary>The version that it brings rows to.</summary>
    public required int TargetVersion { get; init; }

    /// <summary>Number of failures.</summary>
    public required long Total { get; init; }

    /// <summary>Failures by table and cause.</summary>
    public required IReadOnlyList<CauseDocument> Causes { get; init; }

    /// <summary>The failures.</summary>
    public required IReadOnlyList<FailureDocument> Failures { get; init; }
}

/// <summary>Failures of one table with one cause; <paramref name="Cause"/> is null where the error says it all.</summary>
public sealed record CauseDocument(
    string Scope,
    string Database,
    string Table,
    string Error,
    long Rows,
    string? Cause = null
);
