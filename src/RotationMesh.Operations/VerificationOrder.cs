namespace RotationMesh.Operations;

/// <summary>Which rows to decrypt.</summary>
public sealed record VerificationOrder
{
    /// <summary>The rows.</summary>
    public RowSelection Rows { get; init; } = new();

    /// <summary>Share of them, above 0 and up to 1; null for all.</summary>
    public double? Share { get; init; }

    /// <summary>Partitions at a time; null for the number of processors where it runs.</summary>
    public int? Workers { get; init; }
}
