using RotationMesh.IntegrationTests.Concurrency;
using RotationMesh.IntegrationTests.Support;
using RotationMesh.Tables.Ranges;

namespace RotationMesh.IntegrationTests.Tables;

/// <summary>A migration of the application changes no row by it, so ctid and xmin of what was read stay as they were.</summary>
public sealed class WhenAColumnTakesAnothersName
{
    private const string Purged = "ALTER TABLE notes DROP body; ALTER TABLE notes ADD body text";
    private const string Renamed = "ALTER TABLE notes RENAME body TO past; ALTER TABLE notes ADD body text";
    private const string Swapped =
        "ALTER TABLE notes RENAME body TO kept; ALTER TABLE notes RENAME title TO body; ALTER TABLE notes RENAME kept TO title";

    private Fixture fixture = null!;

    [SetUp]
    public async Task Create()
    {
        fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync(Note.Many(200));
    }

    [TearDown]
    public async Task Drop() => await fixture.DisposeAsync();

    [TestCase(Purged)]
    [TestCase(Renamed)]
    [TestCase(Swapped)]
    [TestCase("ALTER TABLE notes RENAME version TO past; ALTER TABLE notes ADD version int DEFAULT 1")]
    [TestCase("ALTER TABLE notes RENAME tenant TO past; ALTER TABLE notes ADD tenant text DEFAULT 'beta'")]
    public async Task What_was_read_of_the_one_is_not_written_to_the_other(string change)
    {
        await using var rows = await RowReader.OfAsync(fixture);
        var batch = await rows.ReadAsync();
        await fixture.ExecuteAsync(change);
        var before = await StoredAsync();

        Assert.That(() => rows.WriteAsync(batch), Throws.InstanceOf<TableChangedException>());

        Assert.That(await StoredAsync(), Is.EqualTo(before));
    }

    [Test]
    public async Task A_table_whose_trigger_changes_rows_is_held_to_the_same()
    {
        await fixture.ExecuteAsync(
            """
            CREATE FUNCTION stay() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
            CREATE TRIGGER stay BEFORE UPDATE ON notes FOR EACH ROW EXECUTE FUNCTION stay()
            """
        );
        await using var rows = await RowReader.OfAsync(fixture);
        var batch = await rows.ReadAsync();
        await fixture.ExecuteAsync(Purged);

        Assert.That(() => rows.WriteAsync(batch), Throws.InstanceOf<TableChangedException>());

        Assert.That(await fixture.ScalarAsync<long>("SELECT count(body) FROM notes"), Is.Zero);
    }

    [Test]
    public async Task A_pass_ends_and_the_next_one_rewrites_what_there_is()
    {
        var coming = new Lazy<Task>(() => fixture.ExecuteAsync(Renamed));

        var pass = await fixture.PassAsync(batchSize: 20, progress: _ => coming.Value.Wait());
        var written = await fixture.ScalarAsync<long>("SELECT count(body) FROM notes");
        await fixture.ExecuteAsync("UPDATE notes SET body = past");
        var after = await fixture.RotateAsync();

        Assert.That(
            (pass.Outcome.Finished, pass.Outcome.Counts.Rotated < 200, written),
            Is.EqualTo((false, true, 0))
        );
        Assert.That((after.State, after.Tables[0].Failed), Is.EqualTo(("Completed", 0)));
        await fixture.AssertRotatedAsync();
    }

    [Test]
    public async Task A_new_column_beside_them_changes_nothing()
    {
        await using var rows = await RowReader.OfAsync(fixture);
        var batch = await rows.ReadAsync();
        await fixture.ExecuteAsync("ALTER TABLE notes DROP title; ALTER TABLE notes ADD summary text");

        Assert.That(await rows.WriteAsync(batch), Is.EqualTo(200));

        await fixture.AssertRotatedAsync();
    }

    private Task<IReadOnlyList<string>> StoredAsync() =>
        fixture.QueryAsync<string>("SELECT to_jsonb(t)::text FROM notes AS t ORDER BY id");
}
