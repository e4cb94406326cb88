using RotationMesh.Operations.Documents;

namespace RotationMesh.Engine.Retiring;

/// <summary>What the scan before a retirement looked at, what of it is in the way, and what somebody should know.</summary>
internal sealed class RetirementLook
{
    public List<string> InTheWay { get; } = [];

    public List<string> Warnings { get; } = [];

    public List<ScanDocument> Scans { get; } = [];

    /// <summary>Tables that were looked at, and their rows that were.</summary>
    public int Tables => Scans.Sum(scan => scan.Tables.Count);

    /// <inheritdoc cref="Tables"/>
    public long Rows => Scans.Sum(scan => scan.Tables.Sum(table => table.RowsLookedAt));
}
