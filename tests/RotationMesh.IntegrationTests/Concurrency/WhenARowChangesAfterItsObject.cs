using RotationMesh.IntegrationTests.Support;

namespace RotationMesh.IntegrationTests.Concurrency;

/// <summary>
/// The object of a row is at the target version, and the application touches the row before it is written: until it is, nobody can
/// read its value by the version that it claims.
/// </summary>
public sealed class WhenARowChangesAfterItsObject
{
    private const int Rows = 10;

    private Fixture fixture = null!;
    private KeptStore store = null!;
    private Func<string, Task> replaced = _ => Task.CompletedTask;

    [SetUp]
    public async Task Create()
    {
        fixture = await Fixture.CreateAsync(StoreNotes.Entry);
        store = new KeptStore(name => replaced(name));
        fixture.Stores = store;
        await fixture.CreateNotesAsync();
        await fixture.ExecuteAsync("ALTER TABLE notes ADD object_name text");
        var notes = Note.Many(Rows).ToList();
        await fixture.InsertAsync(notes.Select(note => note with { Body = StoreNotes.Marker }));
        await fixture.ExecuteAsync("UPDATE notes SET object_name = 'object of ' || id");
        foreach (var note in notes)
            store.Envelopes[$"object of {note.Id}"] = note.Body!;
    }

    [TearDown]
    public async Task Drop() => await fixture.DisposeAsync();

    [Test]
    public async Task The_same_pass_writes_it()
    {
        replaced = name => TouchAsync(name);

        var pass = await fixture.PassAsync();

        Assert.That(
            (pass.Outcome.Counts.Rotated, pass.Outcome.Counts.Conflicts, pass.Outcome.Counts.Contended),
            Is.EqualTo((Rows, Rows, 0))
        );
        await AssertReadableAsync(touched: Rows);
    }

    [Test]
    public async Task One_that_changes_each_time_is_left_to_the_next_sweep()
    {
        await fixture.ExecuteAsync(
            """
            CREATE FUNCTION pass_over() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RETURN CASE WHEN NEW.version = 2 AND OLD.title = 'touched' THEN NULL ELSE NEW END; END $$;
            CREATE TRIGGER pass_over BEFORE UPDATE ON notes FOR EACH ROW EXECUTE FUNCTION pass_over()
            """
        );
        replaced = name => name.EndsWith('1') ? TouchAsync(name) : Task.CompletedTask;

        var pass = await fixture.PassAsync();
        await fixture.ExecuteAsync("DROP TRIGGER pass_over ON notes");
        var next = await fixture.PassAsync();

        Assert.That(
            (pass.Outcome.Counts.Rotated, pass.Outcome.Counts.Failed, next.Outcome.Counts.Rotated),
            Is.EqualTo((Rows - 1, 0, 1))
        );
        await AssertReadableAsync(touched: 1);
    }

    [Test]
    public async Task In_the_last_sweep_its_failure_says_where_its_object_is()
    {
        await fixture.ExecuteAsync(
            """
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN IF NEW.version = 2 AND OLD.title = 'touched' THEN RAISE EXCEPTION 'no'; END IF; RETURN NEW; END $$;
            CREATE TRIGGER refuse BEFORE UPDATE ON notes FOR EACH ROW EXECUTE FUNCTION refuse()
            """
        );
        replaced = name => name.EndsWith('1') ? TouchAsync(name) : Task.CompletedTask;

        var pass = await fixture.PassAsync(isLastSweep: true);

        Assert.That(pass.Outcome.Counts.Rotated, Is.EqualTo(Rows - 1));
        Assert.That(
            pass.Failures.Single().Cause,
            Does.EndWith("its object is at the target version already")
        );
    }

    private Task TouchAsync(string name) =>
        fixture.ExecuteAsync("UPDATE notes SET title = 'touched' WHERE object_name = @name", new { name });

    private async Task AssertReadableAsync(int touched)
    {
        var notes = await fixture.NotesAsync();
        Assert.That(notes.Select(note => note.Version).Distinct(), Is.EqualTo(new[] { 2 }));
        Assert.That(
            notes.Select(note => Value.Open(store.Envelopes[$"object of {note.Id}"], note.Tenant!, 2)),
            Is.EqualTo(notes.Select(note => $"body of {note.Id}"))
        );
        Assert.That(
            await fixture.ScalarAsync<long>("SELECT count(*) FROM notes WHERE title = 'touched'"),
            Is.EqualTo(touched)
        );
    }
}
