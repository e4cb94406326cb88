namespace RotationMesh.Contracts;

/// <summary>
/// Sent by a worker ahead of the partition's result, a bounded number of rows in each, handled by the ledger; may arrive
/// twice, and a row is recorded once.
/// </summary>
public sealed record RowsFailed(
    Guid RotationId,
    string Scope,
    string Database,
    string Table,
    IReadOnlyList<FailedRow> Rows
);

/// <summary>A row that was left as it is: enough to find it, and never a value of it. The error is its class.</summary>
public sealed record FailedRow(IReadOnlyList<KeyColumn> Key, string? Tenant, long? Version, string Error)
{
    /// <summary>Bytes of the value that is too large.</summary>
    public long? Size { get; init; }

    /// <summary>Why the database refused it, by names and codes alone; null where the error says it all.</summary>
    public string? Cause { get; init; }
}

/// <summary>One column of a primary key.</summary>
public sealed record KeyColumn(string Column, string Value, bool IsNumber);
