using RotationMesh.Tables.Rows;

namespace RotationMesh.Tables.External;

/// <summary>What became of the external rows of a partition, added up.</summary>
internal sealed class ExternalSum(Action<RowFailure> fail)
{
    private PartitionOutcome written = new();

    public long Conflicts { get; set; }

    public long Contended { get; set; }

    public void Fail(RowFailure failure) => fail(failure);

    public void Add(PartitionOutcome rows) =>
        written = new PartitionOutcome
        {
            Rotated = written.Rotated + rows.Rotated,
            Empty = written.Empty + rows.Empty,
            Values = written.Values + rows.Values,
        };

    public PartitionOutcome Outcome() => written with { Conflicts = Conflicts, Contended = Contended };
}
