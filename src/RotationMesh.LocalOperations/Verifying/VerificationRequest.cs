namespace RotationMesh.LocalOperations.Verifying;

/// <summary>Which rows verification decrypts.</summary>
public sealed record VerificationRequest
{
    /// <summary>The tenants to verify; null for all.</summary>
    public IReadOnlyList<string>? Tenants { get; init; }

    /// <summary>Gives the share (0 to 1) to decrypt of a table, by its number of rows; null decrypts all rows.</summary>
    public required Func<long, double?> Share { get; init; }

    /// <summary>
    /// Whether the caller itself checks the declared columns: that they hold values, and what they hold at external
    /// rows.
    /// </summary>
    public bool ColumnsAreJudged { get; init; }

    /// <summary>Partitions that are decrypted at the same time.</summary>
    public required int Workers { get; init; }
}
