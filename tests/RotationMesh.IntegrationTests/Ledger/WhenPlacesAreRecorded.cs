using RotationMesh.Control.Claims;

namespace RotationMesh.IntegrationTests.Ledger;

/// <summary>What a rotation is for is recorded once more at its end, and stays for the retirement of keys.</summary>
public sealed class WhenPlacesAreRecorded
{
    private const string Place = "0123456789abcdef/5";

    private LedgerScene scene = null!;

    [SetUp]
    public async Task Create() => scene = await LedgerScene.CreateAsync();

    [TearDown]
    public async Task Remove() => await scene.DisposeAsync();

    [Test]
    public async Task A_database_that_was_silent_before_is_recorded_with_what_it_says_at_last()
    {
        await scene.Locks.TryClaimAsync(
            scene.Held,
            scene.RotationId,
            [new ClaimedTable("app", "entries")],
            null,
            CancellationToken.None,
            renewing: true
        );

        var before = await new RotatedDatabases(scene.Control).ListAsync(CancellationToken.None);
        await RecordAsync(Entries("app", "content"));
        var databases = await new RotatedDatabases(scene.Control).ListAsync(CancellationToken.None);
        var tables = await new RotatedTables(scene.Control).ListAsync(CancellationToken.None);
        var column = (await ColumnsAsync()).Single();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(before, Is.Empty);
            Assert.That(databases.Single().Identity, Is.EqualTo(Place));
            Assert.That(tables.Single().Relation, Is.EqualTo(100));
            Assert.That(
                (column.Identity, column.Relation, column.Number, column.Path),
                Is.EqualTo((Place, 100L, 3, "credentials"))
            );
            Assert.That(
                (column.Database, column.Table, column.Column),
                Is.EqualTo(("app", "entries", "content"))
            );
        }
    }

    [Test]
    public async Task A_column_that_was_renamed_has_its_new_name_alone()
    {
        await RecordAsync(Entries("app", "content"));
        await RecordAsync(Entries("app", "body"));

        Assert.That((await ColumnsAsync()).Single().Column, Is.EqualTo("body"));
    }

    [Test]
    public async Task Of_two_maps_that_call_its_database_differently_both_names_are_kept()
    {
        await RecordAsync(Entries("app", "content"), Entries("main", "content"));

        Assert.That(
            (await ColumnsAsync()).Select(column => column.Database),
            Is.EquivalentTo(new[] { "app", "main" })
        );
    }

    [Test]
    public async Task Of_a_table_with_a_column_that_was_not_found_no_column_is_recorded()
    {
        await RecordAsync(Entries("app", "content") with { Columns = null });

        Assert.That(await ColumnsAsync(), Is.Empty);
    }

    private static ClaimedTable Entries(string database, string column) =>
        new(database, "entries")
        {
            Identity = Place,
            Relation = 100,
            Relations = [100],
            Around = [100],
            Columns = [new ClaimedColumn(100, 3, column, "credentials")],
        };

    private Task RecordAsync(params ClaimedTable[] tables) =>
        scene.Locks.RecordAsync(scene.Held, scene.RotationId, tables, CancellationToken.None);

    private Task<IReadOnlyList<RotatedColumn>> ColumnsAsync() =>
        new RotatedColumns(scene.Control).ListAsync(CancellationToken.None);
}
