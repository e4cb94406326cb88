namespace RotationMesh.Engine;

/// <summary>Which rows are decrypted.</summary>
public sealed record VerificationRequest
{
    /// <summary>The tenants to verify; null for all.</summary>
    public IReadOnlyList<string>? Tenants { get; init; }

    /// <summary>Share (0 to 1) to decrypt of a table with so many rows; null for all rows.</summary>
    public required Func<long, double?> Share { get; init; }

    /// <summary>
    /// Whether the caller has looked for himself whether the declared columns hold values, and what is in them at external rows.
    /// </summary>
    public bool ColumnsAreJudged { get; init; }

    /// <summary>Partitions that are decrypted at the same time.</summary>
    public required int Workers { get; init; }
}
