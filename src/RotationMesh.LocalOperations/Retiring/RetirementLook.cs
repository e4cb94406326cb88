using RotationMesh.Operations.Documents;

namespace RotationMesh.LocalOperations.Retiring;

/// <summary>
/// Result of the scan before a retirement: what it looked at, what prevents the retirement, and warnings.
/// </summary>
internal sealed class RetirementLook
{
    public List<string> InTheWay { get; } = [];

    public List<string> Warnings { get; } = [];

    public List<ScanDocument> Scans { get; } = [];

    /// <summary>Number of tables, and of rows in them, that were looked at.</summary>
    public int Tables => Scans.Sum(scan => scan.Tables.Count);

    /// <summary>
    /// Number of those tables of which every row was read, and every value that may be an envelope tried with every tenant.
    /// </summary>
    public int Wholly => Scans.Sum(scan => scan.Tables.Count(table => table.IsExhausted));

    /// <summary>Places that were not looked at, by the names that leave them out.</summary>
    public IReadOnlyList<string> NotLookedAt =>
        [.. Scans.SelectMany(scan => scan.NotLookedAt).Select(left => left.Place).OfType<string>()];

    /// <inheritdoc cref="Tables"/>
    public long Rows => Scans.Sum(scan => scan.Tables.Sum(table => table.RowsLookedAt));
}
