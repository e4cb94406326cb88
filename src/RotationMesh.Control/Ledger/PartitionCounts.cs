namespace RotationMesh.Control.Ledger;

/// <summary>What became of rows.</summary>
public readonly record struct PartitionCounts
{
    /// <summary>Rows that are at the target version now; in a dry run, rows that would be.</summary>
    public long Rotated { get; init; }

    /// <summary>Times that a row had changed between read and write.</summary>
    public long Conflicts { get; init; }

    /// <summary>Rows that kept changing or stayed locked.</summary>
    public long Contended { get; init; }

    /// <summary>Rows that were left as they are for good.</summary>
    public long FailedRows { get; init; }

    /// <summary>Rows that verification looked at, including those that don't decrypt and those that hold no value.</summary>
    public long Verified { get; init; }

    /// <summary>Rows without a value, among those rotated or verified.</summary>
    public long EmptyRows { get; init; }

    /// <summary>Values that were decrypted.</summary>
    public long DecryptedValues { get; init; }

    /// <summary>Adds two counts.</summary>
    public static PartitionCounts operator +(PartitionCounts left, PartitionCounts right) =>
        new()
        {
            Rotated = left.Rotated + right.Rotated,
            Conflicts = left.Conflicts + right.Conflicts,
            Contended = left.Contended + right.Contended,
            FailedRows = left.FailedRows + right.FailedRows,
            Verified = left.Verified + right.Verified,
            EmptyRows = left.EmptyRows + right.EmptyRows,
            DecryptedValues = left.DecryptedValues + right.DecryptedValues,
        };
}
