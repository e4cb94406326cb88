using RotationMesh.Core.Map;
using RotationMesh.LocalOperations.Records;

namespace RotationMesh.Coordination.Closing;

/// <summary>The closing totals, or why there are none.</summary>
/// <param name="Summary">The totals; null where there are none.</param>
/// <param name="Awaited">What they wait for, for the operator; null where they wait for nothing.</param>
/// <param name="RowsCameLate">Whether rows came since the last census, so that the rotation goes on.</param>
internal sealed record DrawnTotals(
    ClosingSummary? Summary = null,
    string? Awaited = null,
    bool RowsCameLate = false
)
{
    /// <summary>When the rows had been counted; null where they were not, as after a cancel.</summary>
    public DateTime? CountedAt { get; init; }

    /// <summary>Tables of which it is not sure that every row was read: what their rows were is not forgotten.</summary>
    public IReadOnlyList<TableName> Unread { get; init; } = [];

    /// <summary>
    /// These, and tables of which rows with failures, of any rotation, are in tables that are detached: they make no failure good.
    /// </summary>
    public IReadOnlyList<TableName> NoReading { get; init; } = [];

    /// <summary>Tables that the next verification has to read wholly.</summary>
    public IReadOnlyList<TableName> Suspects { get; init; } = [];
}
