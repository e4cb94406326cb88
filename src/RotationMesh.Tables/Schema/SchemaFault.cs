using RotationMesh.Core.Map;

namespace RotationMesh.Tables.Schema;

/// <summary>
/// A fault of a mapped table that must be fixed before the table can be rotated: what is wrong, and the statement or edit
/// that fixes it.
/// </summary>
public sealed record SchemaFault(TableEntry Entry, string Problem, string Fix)
{
    /// <summary>Whether the fault may pass by itself, such as a server that takes no writes after a failover.</summary>
    public bool MayPass { get; init; }

    /// <summary>Returns one line for the operator.</summary>
    public override string ToString() =>
        $"table {Entry.Shown} (scope {Entry.Scope}, database {Entry.Database}): {Problem}; {Fix}";
}
