using RotationMesh.Core.Map;
using RotationMesh.Embedding;
using RotationMesh.IntegrationTests.Support;
using RotationMesh.LocalOperations;
using RotationMesh.TestKit;

namespace RotationMesh.IntegrationTests.Retiring;

/// <summary>A rotation of other rows makes no failure good, whatever its map calls their table.</summary>
public sealed class WhenOtherRowsHaveTheSameNames
{
    private const int Rows = 5000;
    private const string Standing = "left 1 failed rows of version 2";

    private TestDatabase control = null!;
    private TestDatabase first = null!;
    private Fixture fixture = null!;

    // A row at the target version does not decrypt, and its rotation has told so.
    [SetUp]
    public async Task Rotate()
    {
        control = await TestDatabase.CreateAsync();
        first = await TestDatabase.CreateAsync();
        fixture = Fixture.Of(first, control.ConnectionString);
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync(Note.Many(Rows));
        await fixture.ExecuteAsync("CREATE TABLE kept AS SELECT id, body FROM notes WHERE id = 'n00007'");
        Assert.That((await fixture.RotateAsync()).State, Is.EqualTo("Completed"));
        await fixture.ExecuteAsync(
            "UPDATE notes SET body = kept.body FROM kept WHERE notes.id = kept.id; DROP TABLE kept"
        );
        Assert.That((await fixture.RotateAsync()).State, Is.EqualTo("CompletedWithFailures"));
    }

    [TearDown]
    public async Task Drop()
    {
        await fixture.DisposeAsync();
        await first.DisposeAsync();
        await control.DisposeAsync();
    }

    [Test]
    public async Task Another_database_makes_nothing_good_until_somebody_says_that_the_first_one_is_gone()
    {
        await using var second = await TestDatabase.CreateAsync();
        await using var other = Fixture.Of(second, control.ConnectionString);
        await other.CreateNotesAsync();
        await other.InsertAsync(Note.Many(10));
        // It knows of no row, but the names are suspect: it reads all.
        Assert.That((await other.RotateAsync()).State, Is.EqualTo("Completed"));

        var key = await fixture.KeyAsync();
        var refused = await other.RetireAsync();
        var retired = await other.RetireAsync(1, "app");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(key.InTheWay, Has.One.Contains(Standing));
            Assert.That(refused.InTheWay, Has.One.Contains(Standing).And.One.Contains("--gone app"));
            Assert.That(retired.Retired, Is.True, string.Join("; ", retired.InTheWay));
        }
    }

    [Test]
    public async Task Other_columns_of_the_table_make_nothing_good()
    {
        await fixture.ExecuteAsync(
            """
            ALTER TABLE notes ADD COLUMN memo text, ADD COLUMN memo_version int DEFAULT 2;
            UPDATE notes SET memo = body WHERE id <> 'n00007'
            """
        );
        await using var memos = Read(
            Entries.Notes with
            {
                Scope = "memos",
                Version = new("memo_version"),
                FormerColumns = ["body"],
                Columns = [Entries.Column("memo")],
            }
        );
        Assert.That((await memos.RotateAsync()).State, Is.EqualTo("Completed"));

        var key = await fixture.KeyAsync();
        var refused = await memos.RetireAsync();
        var said = await memos.RetireAsync(1, "app.notes");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(key.InTheWay, Has.One.Contains(Standing));
            Assert.That(
                refused.InTheWay,
                Has.One.Contains("of which the map leaves out column body").And.EndsWith("--gone app.notes"),
                string.Join("; ", refused.InTheWay)
            );
            Assert.That(
                said.InTheWay.Single(),
                Does.StartWith("column body of table public.notes"),
                "what is left is the column's own"
            );
        }
    }

    [TestCase("public.notes", "")]
    [TestCase("papers", "ALTER TABLE notes RENAME TO papers")]
    public async Task Under_another_name_the_table_is_read_wholly(string name, string statement)
    {
        await fixture.ExecuteAsync(statement + ";");
        await using var renamed = Read(Entries.Table(name));

        var report = await SampledAsync(renamed);

        Assert.That(report.State, Is.EqualTo("CompletedWithFailures"), "a sample would pass over the row");
        Assert.That(report.Failures.Single().Key.Single().Value, Is.EqualTo("n00007"));
    }

    private Fixture Read(TableEntry entry) => Fixture.Of(first, control.ConnectionString, entries: [entry]);

    private static Task<RotationReport> SampledAsync(Fixture fixture) =>
        new EmbeddedMesh(
            new MeshParts(fixture.Map, fixture.Ring, fixture.Databases, fixture.Schema, fixture.Control),
            new RotationProgress()
        ).RunAsync(fixture.Order() with { Verify = "sample:1%" }, 2, CancellationToken.None);
}
