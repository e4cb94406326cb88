using RotationMesh.Control.Claims;
using RotationMesh.Control.Rotations;

namespace RotationMesh.IntegrationTests.Ledger;

/// <summary>A rotation keeps the columns that it ever claimed, though their names go to other ones while it runs.</summary>
public sealed class WhenColumnsAreClaimed
{
    private const string Place = "0123456789abcdef/5";

    private LedgerScene scene = null!;

    [SetUp]
    public async Task Create() => scene = await LedgerScene.CreateAsync();

    [TearDown]
    public async Task Remove() => await scene.DisposeAsync();

    [Test]
    public async Task One_that_was_replaced_before_the_first_row_was_planned_is_recorded_too()
    {
        await ClaimAsync(Secret(3));
        var checkedOnly = await NumbersAsync();
        await ClaimAsync(Secret(7), renewing: true);

        Assert.That(checkedOnly, Is.Empty, "a rotation that is refused was for no column");
        Assert.That(await NumbersAsync(), Is.EquivalentTo(new[] { 3, 7 }));
    }

    [Test]
    public async Task One_that_was_replaced_while_rows_were_rewritten_is_recorded_too()
    {
        await ClaimAsync(Secret(3), renewing: true);
        await RecordAsync(Secret(7));

        Assert.That(await NumbersAsync(), Is.EquivalentTo(new[] { 3, 7 }));
    }

    [TestCase(3, false)]
    [TestCase(7, true)]
    public async Task Its_table_is_read_wholly_also_after_a_retry(int number, bool isWhole)
    {
        await ClaimAsync(Secret(3), renewing: true);
        await RecordAsync(Secret(number));
        await ClaimAsync(Secret(number));

        await RotationTableStore.RecordAsync(
            scene.Held,
            scene.RotationId,
            [
                new TableCount
                {
                    Scope = "knowledge",
                    Database = "app",
                    Table = "events",
                    Stored = 100,
                },
            ],
            CancellationToken.None
        );
        await SuspectTables.MarkAsync(scene.Held, scene.RotationId, 2, [], CancellationToken.None);

        var table = (
            await new RotationTableStore(scene.Control).ListAsync(scene.RotationId, default)
        ).Single();
        Assert.That(table.ReadWhole, Is.EqualTo(isWhole));
    }

    [Test]
    public async Task Columns_of_another_database_are_none_of_them()
    {
        await ClaimAsync(Secret(3));
        await ClaimAsync(Secret(7) with { Identity = "fedcba9876543210/5" }, renewing: true);

        var recorded = await new RotatedColumns(scene.Control).ListAsync(CancellationToken.None);

        Assert.That(
            recorded.Select(column => (column.Identity, column.Number)),
            Is.EquivalentTo(new[] { (Place, 3), ("fedcba9876543210/5", 7) })
        );
    }

    [Test]
    public async Task Those_of_a_leaf_are_recorded_where_they_were_replaced_apart_from_its_table()
    {
        await ClaimAsync(WithLeaf(4), renewing: true);
        var before = await NumbersAsync();
        await RecordAsync(WithLeaf(9));

        var leaf = (await new RotatedColumns(scene.Control).ListAsync(default)).Where(one =>
            one.Relation == 2
        );

        Assert.That(before, Is.EqualTo(new[] { 3 }), "who looks at the table looks at the leaf");
        Assert.That(leaf.Select(one => one.Number), Is.EquivalentTo(new[] { 4, 9 }));
        Assert.That(
            leaf.Select(one => (one.Table, one.Column, one.Path)).Distinct(),
            Is.EqualTo(new[] { ("events", "secret", "a.b") })
        );

        static ClaimedTable WithLeaf(int number)
        {
            var table = Secret(3);
            return table with
            {
                Relations = [1, 2],
                Parts = new Dictionary<long, string> { [1] = "", [2] = "old_events" },
                Columns = [.. table.Columns!, new ClaimedColumn(2, number, "secret", "a.b")],
            };
        }
    }

    private static ClaimedTable Secret(int number) =>
        new("app", "events")
        {
            Identity = Place,
            Relation = 1,
            Relations = [1],
            Around = [1],
            Parts = new Dictionary<long, string> { [1] = "" },
            Columns = [new ClaimedColumn(1, number, "secret", "a.b")],
        };

    private Task<Guid?> ClaimAsync(ClaimedTable table, bool renewing = false) =>
        scene.Locks.TryClaimAsync(
            scene.Held,
            scene.RotationId,
            [table],
            null,
            CancellationToken.None,
            renewing
        );

    private Task RecordAsync(ClaimedTable table) =>
        scene.Locks.RecordAsync(scene.Held, scene.RotationId, [table], CancellationToken.None);

    private async Task<IReadOnlyList<int>> NumbersAsync() =>
        [
            .. (await new RotatedColumns(scene.Control).ListAsync(CancellationToken.None)).Select(column =>
                column.Number
            ),
        ];
}
