using System.Text.Json.Nodes;

namespace RotationMesh.Operations.Documents;

/// <summary>A row failure: a row that was left as it is, with what is needed to find it, and never a value of it.</summary>
public sealed record FailureDocument
{
    /// <summary>Scope of the table.</summary>
    public required string Scope { get; init; }

    /// <summary>Database of the table.</summary>
    public required string Database { get; init; }

    /// <summary>Table as the map names it.</summary>
    public required string Table { get; init; }

    /// <summary>
    /// Primary key: an object of columns. Integers are numbers, but those of a bigint are strings, since readers of JSON
    /// would round them.
    /// </summary>
    public required JsonNode? Key { get; init; }

    /// <summary>Tenant of the row.</summary>
    public required string? Tenant { get; init; }

    /// <summary>Version that the row claims.</summary>
    public required long? Version { get; init; }

    /// <summary>Error class.</summary>
    public required string Error { get; init; }

    /// <summary>Size in bytes of a value that is too large; null for any other error.</summary>
    public long? Size { get; init; }

    /// <summary>
    /// Why the database refused the row: its error code and the names of constraint, trigger and function, or which
    /// session has the row locked; or what is wrong with the value. Null where the error class says everything.
    /// </summary>
    public string? Cause { get; init; }
}

/// <summary>
/// The failures of a rotation: all are counted by cause, and at most <see cref="RotationDocument.MaxFailures"/> are
/// listed.
/// </summary>
public sealed record FailuresDocument
{
    /// <summary>The rotation.</summary>
    public required Guid RotationId { get; init; }

    /// <summary>Its state.</summary>
    public required string State { get; init; }

    /// <summary>The version to which it brings rows.</summary>
    public required int TargetVersion { get; init; }

    /// <summary>Number of failures.</summary>
    public required long Total { get; init; }

    /// <summary>Failures by table and cause.</summary>
    public required IReadOnlyList<CauseDocument> Causes { get; init; }

    /// <summary>The failures.</summary>
    public required IReadOnlyList<FailureDocument> Failures { get; init; }
}

/// <summary>
/// Failures of one table with one cause; <paramref name="Cause"/> is null where the error class says everything.
/// </summary>
public sealed record CauseDocument(
    string Scope,
    string Database,
    string Table,
    string Error,
    long Rows,
    string? Cause = null
);
