namespace RotationMesh.Engine;

/// <summary>Which rows are decrypted.</summary>
public sealed record VerificationRequest
{
    /// <summary>Rows of a table up to which all of them are decrypted after a rotation: a second's work.</summary>
    private const long FullUpTo = 100_000;

    /// <summary>Share of a larger table that is decrypted after a rotation.</summary>
    private const double SampledShare = 0.01;

    /// <summary>The tenants to verify; null for all.</summary>
    public IReadOnlyList<string>? Tenants { get; init; }

    /// <summary>The version that rows must claim to be decrypted; null for every row under the version it claims.</summary>
    public int? Version { get; init; }

    /// <summary>Share (0 to 1) to decrypt of a table with so many rows; null for all rows.</summary>
    public required Func<long, double?> Share { get; init; }

    /// <summary>Partitions that are decrypted at the same time.</summary>
    public required int Workers { get; init; }

    /// <summary>
    /// What a rotation verifies by itself. Each new envelope was decrypted before it was sent, so this is to find what
    /// others wrote or damaged: all rows of small tables, a part of large ones. The verb <c>verify</c> decrypts all.
    /// </summary>
    public static double? ShareAfterRotation(long rows) => rows <= FullUpTo ? null : SampledShare;
}
