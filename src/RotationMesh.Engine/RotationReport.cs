using RotationMesh.Core;
using RotationMesh.Operations.Documents;
using RotationMesh.Tables.Rows;

namespace RotationMesh.Engine;

/// <summary>How a rotation ended.</summary>
public sealed record RotationReport
{
    /// <summary>Failures that a report lists at most; all are counted, and kept in the control database.</summary>
    public const int MaxFailures = 1000;

    /// <summary>Id of the rotation; of a dry run nothing is recorded under it.</summary>
    public required Guid RotationId { get; init; }

    /// <summary>Completed, CompletedWithFailures or Cancelled; Paused where the circuit breaker has tripped.</summary>
    public required string State { get; init; }

    /// <summary>What held it up, where something did.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether nothing was written.</summary>
    public required bool DryRun { get; init; }

    /// <summary>Version that rows were brought to.</summary>
    public required int TargetVersion { get; init; }

    /// <summary>Time from start to end.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>Totals by table, in the order of the map.</summary>
    public required IReadOnlyList<TableTotals> Tables { get; init; }

    /// <summary>Rows that were looked at after they were rewritten, and of which nothing failed to decrypt.</summary>
    public required long Verified { get; init; }

    /// <summary>What the last pass found, or the dry run; null where nothing was noted of it.</summary>
    public DecryptedRows? Decrypted { get; init; }

    /// <summary>What the application answered once the rows were verified; empty where it was not asked.</summary>
    public IReadOnlyList<PostCheckDocument> PostChecks { get; init; } = [];

    /// <summary>Transactions that were open before the closing census and did not end; null where there are none.</summary>
    public string? OpenWriters { get; init; }

    /// <summary>The part of the map that it was asked for, in words; null for all of it.</summary>
    public string? Within { get; init; }

    /// <summary>What the counts rest on where the role does not see every row; empty where it does.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>At most <see cref="MaxFailures"/> failures.</summary>
    public required IReadOnlyList<RowFailure> Failures { get; init; }
}
