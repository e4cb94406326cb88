using RotationMesh.Core.Map;

namespace RotationMesh.Tables.Probing;

/// <summary>A declared column that does not hold what the map says, and what to do about it.</summary>
public sealed record ColumnFault(TableEntry Table, string Problem, string Fix)
{
    /// <summary>The table, the problem and the fix in one line.</summary>
    public string Explain() =>
        $"table {Table.Shown} (scope {Table.Scope}, database {Table.Database}): {Problem}; {Fix}";
}
