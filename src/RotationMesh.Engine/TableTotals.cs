namespace RotationMesh.Engine;

/// <summary>What became of the rows of one table; <c>Rows = Rotated + Current + External + Failed</c>.</summary>
public sealed record TableTotals(
    string Scope,
    string Database,
    string Table,
    long Rotated,
    long Current,
    long External,
    long Failed,
    long Conflicts
)
{
    /// <summary>All rows of the table in scope.</summary>
    public long Rows => Rotated + Current + External + Failed;
}
