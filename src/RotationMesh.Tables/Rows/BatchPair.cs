using RotationMesh.Tables.Schema;

namespace RotationMesh.Tables.Rows;

/// <summary>The two batches that take turns: one is filled while the other is written.</summary>
internal sealed record BatchPair(MappedTable Target)
{
    public RowBatch First { get; } = new(Target);

    public RowBatch Second { get; } = new(Target);
}
