namespace RotationMesh.Operations.Documents;

/// <summary>
/// What came of a retirement; <paramref name="InTheWay"/> says why it was refused, and is empty where it was not. One that is
/// refused and has a time was retired then, and is needed again.
/// </summary>
public sealed record RetirementDocument(
    int Version,
    string? Fingerprint,
    bool Retired,
    DateTimeOffset? RetiredAt,
    IReadOnlyList<string> InTheWay
)
{
    /// <summary>What the scan for envelopes that the map does not name looked at in each database; empty where it was not made.</summary>
    public IReadOnlyList<ScanDocument> Scans { get; init; } = [];

    /// <summary>What that scan found or could not look at, and does not stand in the way.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Why it was not made, where the operator chose so; null where it was, or nothing came of the retirement before.</summary>
    public string? ScanSkipped { get; init; }

    /// <summary>Tables and columns that it left out, where the operator chose so.</summary>
    public IReadOnlyList<SkippedScan> ScanSkippedOf { get; init; } = [];
}

/// <summary>
/// A table or column that is left out of the scan, as <c>DATABASE.SCHEMA.TABLE</c> or <c>DATABASE.SCHEMA.TABLE.COLUMN</c>, and why.
/// </summary>
public sealed record SkippedScan(string Place, string Reason);

/// <summary>Rows of a table, external ones among them, that claim a version which is out of service.</summary>
public sealed record RetiredUseDocument(string Scope, string Database, string Table, int Version, long Rows);
