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

    /// <inheritdoc cref="Tables"/>
    public long Rows => Scans.Sum(scan => scan.Tables.Sum(table => table.RowsLookedAt));
}
