using RotationMesh.Operations.Documents;
using RotationMesh.Tables.Rows;

namespace RotationMesh.LocalOperations;

/// <summary>State and totals of a rotation, at its end or while it runs.</summary>
public sealed record RotationReport
{
    /// <summary>
    /// Most failures that a report lists. All are counted, and a rotation's are all kept in the control database.
    /// </summary>
    public const int MaxFailures = 1000;

    /// <summary>Id of the rotation. Nothing is recorded under the id of a dry run.</summary>
    public required Guid RotationId { get; init; }

    /// <summary>State, as the saga names it; of a dry run Completed, CompletedWithFailures or Cancelled.</summary>
    public required string State { get; init; }

    /// <summary>What holds it up, or held it up; null where nothing did.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether nothing was written.</summary>
    public required bool DryRun { get; init; }

    /// <summary>Version that rows were brought to.</summary>
    public required int TargetVersion { get; init; }

    /// <summary>Time from start to end.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>Totals by table, in the order of the map.</summary>
    public required IReadOnlyList<TableTotals> Tables { get; init; }

    /// <summary>Rows that verification read and of which nothing failed to decrypt.</summary>
    public required long Verified { get; init; }

    /// <summary>What the last verification found, or the dry run; null where that was not recorded.</summary>
    public DecryptedRows? Decrypted { get; init; }

    /// <summary>What the application answered once the rows were verified; empty where it was not asked.</summary>
    public IReadOnlyList<PostCheckDocument> PostChecks { get; init; } = [];

    /// <summary>Transactions that were open before the closing census and did not end; null where there are none.</summary>
    public string? OpenWriters { get; init; }

    /// <summary>What contradicts that every row is at the target version and decrypts; empty where nothing does.</summary>
    public IReadOnlyList<string> Doubts { get; init; } = [];

    /// <summary>The part of the map that was asked for, in words; null for all of it.</summary>
    public string? Within { get; init; }

    /// <summary>Whether it was started with another map than this process has.</summary>
    public bool OtherMap { get; init; }

    /// <summary>
    /// What the counts rest on where the role does not see every row, and what a dry run found at the target version
    /// or can't know; empty where there is nothing to say.
    /// </summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>At most <see cref="MaxFailures"/> failures.</summary>
    public required IReadOnlyList<RowFailure> Failures { get; init; }
}
