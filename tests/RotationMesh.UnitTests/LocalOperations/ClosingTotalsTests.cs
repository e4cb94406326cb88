using RotationMesh.Control.Ledger;
using RotationMesh.Control.Rotations;
using RotationMesh.Core;
using RotationMesh.Core.Map;
using RotationMesh.LocalOperations.Records;

namespace RotationMesh.UnitTests.LocalOperations;

/// <summary>A table that had ten rows at first, three of them at an old version.</summary>
public sealed class ClosingTotalsTests
{
    private static readonly TableName Table = new("knowledge", "app", "entries");

    [TestCase(10L, 10, 0, 3, 3, 7, Description = "the usual end")]
    [TestCase(10L, 10, 0, 0, 3, 7, Description = "the results were lost")]
    [TestCase(10L, 12, 0, 3, 3, 9, Description = "the application added two")]
    [TestCase(10L, 10, 1, 2, 2, 7, Description = "one is left")]
    [TestCase(10L, 7, 0, 0, 0, 7, Description = "the three are gone, and nobody wrote them")]
    [TestCase(10L, 7, 0, 3, 3, 4, Description = "three are gone, and three were written")]
    [TestCase(
        10L,
        8,
        0,
        0,
        1,
        7,
        Description = "two are gone, and one was written of which the result was lost"
    )]
    [TestCase(10L, 1, 0, 3, 1, 0, Description = "hardly any is left")]
    [TestCase(null, 7, 0, 0, 3, 4, Description = "an earlier release did not keep how many there were")]
    public void Rows_that_are_gone_count_as_rotated_only_by_a_result(
        long? before,
        long stored,
        long pending,
        long settled,
        long rotated,
        long current
    )
    {
        var counted = new TableCount
        {
            Scope = Table.Scope,
            Database = Table.Database,
            Table = Table.Table,
            OpeningStored = before,
            OpeningPending = 3,
            Stored = stored,
            Pending = pending,
        };
        var written = new TableSummary
        {
            Table = Table,
            Partitions = 1,
            Dispatched = 0,
            Done = 1,
            Failed = 0,
            Counts = new RowCounts { Rotated = settled },
        };
        var sweep = new SweepSummary(new SweepKey(Guid.Empty, 1, SweepPhase.Rotate), true, [written]);

        var totals = new ClosingTotals([counted], [], [sweep]).Tables(stopped: false).Single();

        Assert.That((totals.Rotated, totals.Current), Is.EqualTo((rotated, current)));
    }
}
