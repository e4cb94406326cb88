using RotationMesh.Core;
using RotationMesh.Tables.Rows;

namespace RotationMesh.Tables.External;

/// <summary>What became of the external rows of a partition, added up.</summary>
internal sealed class ExternalSum(Action<RowFailure> fail)
{
    /// <summary>The sum so far. Failures are passed on, and not counted here.</summary>
    public RowCounts Counts { get; private set; } = RowCounts.None;

    public void Fail(RowFailure failure) => fail(failure);

    public void Add(RowCounts rows) => Counts += rows;
}
