using RotationMesh.Core.Map;

namespace RotationMesh.Control.Failures;

/// <summary>A recorded failure; <see cref="RowKey"/> is the primary key as a JSON object.</summary>
public sealed record RowFailureRecord
{
    /// <summary>Scope of the table.</summary>
    public string Scope { get; init; } = "";

    /// <summary>Database of the table.</summary>
    public string DatabaseName { get; init; } = "";

    /// <summary>Table as the map names it.</summary>
    public string TableName { get; init; } = "";

    /// <summary>The table, by the names of the map.</summary>
    public TableName FullName => new(Scope, DatabaseName, TableName);

    /// <summary>Primary key as JSON.</summary>
    public string RowKey { get; init; } = "";

    /// <summary>Tenant of the row.</summary>
    public string? Tenant { get; init; }

    /// <summary>Version that the row claims.</summary>
    public long? Version { get; init; }

    /// <summary>Error class.</summary>
    public string Error { get; init; } = "";

    /// <summary>Size in bytes of a value that is too large.</summary>
    public long? ValueSize { get; init; }

    /// <summary>Why the database refused it, or what is wrong with its value; null where the error says it all.</summary>
    public string? Cause { get; init; }
}

/// <summary>Number of failures of one table.</summary>
public sealed record TableFailures
{
    /// <summary>Scope of the table.</summary>
    public string Scope { get; init; } = "";

    /// <summary>Database of the table.</summary>
    public string DatabaseName { get; init; } = "";

    /// <summary>Table as the map names it.</summary>
    public string TableName { get; init; } = "";

    /// <summary>The table, by the names of the map.</summary>
    public TableName FullName => new(Scope, DatabaseName, TableName);

    /// <summary>Rows that are not at the target version.</summary>
    public long Pending { get; init; }

    /// <summary>Rows at the target version that do not decrypt.</summary>
    public long Unreadable { get; init; }
}

/// <summary>Number of failures of one table and cause.</summary>
public sealed record FailureCount
{
    /// <summary>Scope of the table.</summary>
    public string Scope { get; init; } = "";

    /// <summary>Database of the table.</summary>
    public string DatabaseName { get; init; } = "";

    /// <summary>Table as the map names it.</summary>
    public string TableName { get; init; } = "";

    /// <summary>Error class.</summary>
    public string Error { get; init; } = "";

    /// <summary>Why the database refused them, or what is wrong with their values; null where the error says it all.</summary>
    public string? Cause { get; init; }

    /// <summary>Rows.</summary>
    public long Rows { get; init; }
}

/// <summary>Number of failures of one tenant in one table.</summary>
public sealed record TenantFailures
{
    /// <summary>Scope of the table.</summary>
    public string Scope { get; init; } = "";

    /// <summary>Database of the table.</summary>
    public string DatabaseName { get; init; } = "";

    /// <summary>Table as the map names it.</summary>
    public string TableName { get; init; } = "";

    /// <summary>The tenant.</summary>
    public string? Tenant { get; init; }

    /// <summary>Rows.</summary>
    public long Rows { get; init; }
}
