using RotationMesh.Core;

namespace RotationMesh.Contracts;

/// <summary>
/// Sent by a worker ahead of the partition's result, with a bounded number of rows in each message, handled by the ledger;
/// may arrive twice, and the ledger records a row once.
/// </summary>
public sealed record RowsFailed(
    Guid RotationId,
    string Scope,
    string Database,
    string Table,
    IReadOnlyList<FailedRow> Rows
);

/// <summary>A row failure: enough to find the row, and never a value of it. Error is the class of the error.</summary>
public sealed record FailedRow(IReadOnlyList<KeyPart> Key, string? Tenant, long? Version, string Error)
{
    /// <summary>Size in bytes of a value that is too large.</summary>
    public long? Size { get; init; }

    /// <summary>
    /// Why the database refused the row, or what is wrong with its value, in names and codes only; null where the error says
    /// enough.
    /// </summary>
    public string? Cause { get; init; }
}
