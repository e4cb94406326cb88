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

        Assert.That(await ReadWholeAsync("events"), Is.EqualTo(isWhole));
    }

    [Test]
    public async Task A_table_to_which_a_leaf_moved_with_another_column_is_read_wholly()
    {
        var archive = Secret(3) with { TableName = "archive", Relation = 5, Relations = [5], Around = [5] };
        var own = archive with
        {
            Parts = new Dictionary<long, string> { [5] = "" },
            Columns = [new ClaimedColumn(5, 3, "secret", "a.b")],
        };
        await ClaimAsync([WithLeaf(Secret(3), 4), own]);
        await scene.Locks.RecordAsync(
            scene.Held,
            scene.RotationId,
            [Secret(3), WithLeaf(own, 9)],
            CancellationToken.None
        );

        Assert.That(await ReadWholeAsync("archive"), Is.True);
        Assert.That(await NumbersAsync(2), Is.EquivalentTo(new[] { 4, 9 }));
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
        await ClaimAsync(WithLeaf(Secret(3), 4), renewing: true);
        var before = await NumbersAsync();
        await RecordAsync(WithLeaf(Secret(3), 9));

        var leaf = (await new RotatedColumns(scene.Control).ListAsync(default)).Where(one =>
            one.Relation == 2
        );

        Assert.That(before, Is.EqualTo(new[] { 3 }), "who looks at the table looks at the leaf");
        Assert.That(leaf.Select(one => one.Number), Is.EquivalentTo(new[] { 4, 9 }));
        Assert.That(
            leaf.Select(one => (one.Table, one.Column, one.Path)).Distinct(),
            Is.EqualTo(new[] { ("events", "secret", "a.b") })
        );
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

    private static ClaimedTable WithLeaf(ClaimedTable table, int number) =>
        table with
        {
            Parts = new Dictionary<long, string>(table.Parts!) { [2] = "leaf" },
            Columns = [.. table.Columns!, new ClaimedColumn(2, number, "secret", "a.b")],
        };

    private async Task<bool> ReadWholeAsync(string name)
    {
        var counted = new TableCount
        {
            Scope = "knowledge",
            Database = "app",
            Table = name,
            Stored = 100,
        };
        await RotationTableStore.RecordAsync(scene.Held, scene.RotationId, [counted], default);
        await SuspectTables.MarkAsync(scene.Held, scene.RotationId, 2, [], CancellationToken.None);
        return (await new RotationTableStore(scene.Control).ListAsync(scene.RotationId, default))
            .Single(table => table.Table == name)
            .ReadWhole;
    }

    private Task<Guid?> ClaimAsync(IReadOnlyList<ClaimedTable> tables) =>
        scene.Locks.TryClaimAsync(
            scene.Held,
            scene.RotationId,
            tables,
            null,
            CancellationToken.None,
            renewing: true
        );

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

    private async Task<IReadOnlyList<int>> NumbersAsync(long? relation = null) =>
        [
            .. (await new RotatedColumns(scene.Control).ListAsync(CancellationToken.None))
                .Where(column => relation is null || column.Relation == relation)
                .Select(column => column.Number),
        ];
}
