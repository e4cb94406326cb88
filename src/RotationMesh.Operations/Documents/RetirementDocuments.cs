namespace RotationMesh.Operations.Documents;

/// <summary>
/// The result of a retirement. <paramref name="InTheWay"/> says why it was refused, and is empty where it was not. A
/// refused retirement with a time means: the version was retired then, and may be needed again.
/// </summary>
public sealed record RetirementDocument(
    int Version,
    string? Fingerprint,
    bool Retired,
    DateTimeOffset? RetiredAt,
    IReadOnlyList<string> InTheWay
)
{
    /// <summary>Rows of the map's tables at the last count; null where they were not counted.</summary>
    public long? Rows { get; init; }

    /// <summary>
    /// Rows that were decrypted without the version's key, or that hold no value. Zero where something was in the way before that.
    /// </summary>
    public long Decrypted { get; init; }

    /// <summary>The scan of each database for envelopes that the map does not name; empty where no scan was made.</summary>
    public IReadOnlyList<ScanDocument> Scans { get; init; } = [];

    /// <summary>
    /// What the scan found or did not look at, and values that nobody read, where it does not prevent the retirement.
    /// </summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>
    /// Why the operator chose to make no scan; null where it was made, or where the retirement was refused before it.
    /// </summary>
    public string? ScanSkipped { get; init; }

    /// <summary>
    /// Schemas, tables and columns that the scan left out, as the operator chose. A declared column stands for its external values.
    /// </summary>
    public IReadOnlyList<SkippedScan> ScanSkippedOf { get; init; } = [];

    /// <summary>
    /// External values that nobody decrypted before it was retired, because the map has no store for them; an operator left them
    /// out.
    /// </summary>
    public long ExternalUnread { get; init; }

    /// <summary>
    /// Every detached leaf that prevents the retirement, where <see cref="InTheWay"/> names the first ones of a table alone.
    /// </summary>
    public IReadOnlyList<DetachedLeaf> DetachedLeaves { get; init; } = [];
}

/// <summary>
/// A table that exists and that the map leaves out, and that was a leaf of the table <paramref name="PartOf"/> when a rotation was
/// for that one. <c>--skip-scan-of</c> leaves it out by the name <paramref name="Place"/>.
/// </summary>
public sealed record DetachedLeaf(string Database, string Table, string PartOf, string Place)
{
    /// <summary>The statement that ends its being about to be detached; null where it is detached.</summary>
    public string? FinalizeWith { get; init; }
}

/// <summary>
/// What is left out of the scan, and why: <c>DATABASE.SCHEMA</c>, <c>DATABASE.SCHEMA.TABLE</c> or
/// <c>DATABASE.SCHEMA.TABLE.COLUMN</c>.
/// </summary>
public sealed record SkippedScan(string Place, string Reason);

/// <summary>Rows of a table, external ones included, that claim a retired version.</summary>
public sealed record RetiredUseDocument(string Scope, string Database, string Table, int Version, long Rows);
