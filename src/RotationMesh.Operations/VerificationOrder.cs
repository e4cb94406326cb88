namespace RotationMesh.Operations;

/// <summary>Which rows to decrypt.</summary>
public sealed record VerificationOrder
{
    /// <summary>The rows.</summary>
    public RowSelection Rows { get; init; } = new();

    /// <summary>Share of them, above 0 and up to 1; null for all.</summary>
    public double? Share { get; init; }

    /// <summary>Most partitions at a time; null for the number of processors of the process that runs it.</summary>
    public int? Workers { get; init; }
}
