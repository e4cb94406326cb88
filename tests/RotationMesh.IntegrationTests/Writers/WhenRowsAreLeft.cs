using RotationMesh.Control.Ledger;
using RotationMesh.Coordination.Counting;
using RotationMesh.Coordination.Surveying;
using RotationMesh.Core;
using RotationMesh.Core.Map;
using RotationMesh.IntegrationTests.Support;
using RotationMesh.Tables.Census;

namespace RotationMesh.IntegrationTests.Writers;

/// <summary>What the operator is told of rows that the closing census finds below the target.</summary>
public sealed class WhenRowsAreLeft
{
    [TestCase(3, 3, "were written while the rotation ran: an application still writes with the old key")]
    [TestCase(3, 1, "7 rows of table notes are left, of which 2 of 3 partitions were not done")]
    [TestCase(null, 0, "7 rows of table notes are left: the last pass planned nothing of it")]
    public async Task An_application_is_blamed_only_where_every_partition_was_done(
        int? partitions,
        int done,
        string words
    )
    {
        await using var fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        var target = (await fixture.TargetsAsync()).Single();
        var table = new SurveyedTable(target, 1, [new VersionCount { Version = 1, Rows = 7 }]);
        var sweep = new SweepSummary(
            new SweepKey(Guid.NewGuid(), 1, SweepPhase.Rotate),
            IsPlanned: true,
            partitions is { } planned ? [Summary(table.Name, planned, done)] : []
        );

        Assert.That(LateRows.Explain([(table, 7)], sweep, 2), Does.Contain(words));
        Assert.That(LateRows.Explain([(table, 0)], sweep, 2), Is.Null);
    }

    private static TableSummary Summary(TableName name, int partitions, int done) =>
        new()
        {
            Table = name,
            Partitions = partitions,
            Dispatched = 0,
            Done = done,
            Failed = 0,
            Counts = new RowCounts(),
        };
}
