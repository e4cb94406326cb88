using RotationMesh.Core.Map;

namespace RotationMesh.Tables.Schema;

/// <summary>
/// Something about a table of the map that must be put right before it can be rotated: what is wrong, and the
/// statement or edit that mends it.
/// </summary>
public sealed record SchemaFault(TableEntry Entry, string Problem, string Fix)
{
    /// <summary>Whether it may come right by itself, as a server that takes no writes after a failover.</summary>
    public bool MayPass { get; init; }

    /// <summary>One line for the operator.</summary>
    public override string ToString() =>
        $"table {Entry.Shown} (scope {Entry.Scope}, database {Entry.Database}): {Problem}; {Fix}";
}
