using RotationMesh.IntegrationTests.Support;

namespace RotationMesh.IntegrationTests.Concurrency;

public sealed class ReadThenWriteTests
{
    [TestCase("VACUUM FULL notes")]
    [TestCase("CLUSTER notes USING notes_pkey")]
    public async Task Rows_of_one_transaction_that_moved_between_read_and_write_are_not_mixed_up(
        string rewrite
    )
    {
        await using var fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        await fixture.ExecuteAsync("BEGIN; INSERT INTO notes (id) VALUES ('never was'); ROLLBACK");
        await fixture.InsertAsync(Note.Many(50));
        await using var rows = await RowReader.OfAsync(fixture);
        var batch = await rows.ReadAsync();
        var place = await fixture.ScalarAsync<string>("SELECT ctid::text FROM notes WHERE id = 'n00002'");

        // Every row moves up by one: at each place is another row now, with the same xmin.
        await fixture.ExecuteAsync(rewrite);
        Assert.That(
            await fixture.ScalarAsync<string>("SELECT ctid::text FROM notes WHERE id = 'n00003'"),
            Is.EqualTo(place)
        );
        var written = await rows.WriteAsync(batch);

        Assert.That(written, Is.Zero);
        foreach (var note in await fixture.NotesAsync())
            Assert.That(
                Value.Open(note.Body!, note.Tenant!, note.Version!.Value),
                Is.EqualTo($"body of {note.Id}")
            );
    }

    [TestCase("UPDATE notes SET title = 'another' WHERE id = 'a'")]
    [TestCase("UPDATE notes SET tenant = 'another' WHERE id = 'a'")]
    [TestCase("DELETE FROM notes WHERE id = 'a'")]
    [TestCase("WITH x AS (DELETE FROM notes WHERE id = 'a' RETURNING *) SELECT 1")]
    [TestCase("UPDATE notes SET id = 'z' WHERE id = 'a'")]
    public async Task A_row_that_changed_between_read_and_write_is_not_written(string change)
    {
        await using var fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync([Note.Of("a"), Note.Of("b"), Note.Of("c")]);
        await using var rows = await RowReader.OfAsync(fixture);
        var batch = await rows.ReadAsync();

        await fixture.ExecuteAsync(change);
        var changed = (await fixture.NotesAsync()).SingleOrDefault(note => note.Id is "a" or "z");
        var written = await rows.WriteAsync(batch);

        Assert.That(written, Is.EqualTo(2));
        Assert.That(
            (await fixture.NotesAsync()).SingleOrDefault(note => note.Id is "a" or "z"),
            Is.EqualTo(changed)
        );
    }

    [Test]
    public async Task A_row_that_was_deleted_and_inserted_again_at_its_place_is_not_written()
    {
        await using var fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync([Note.Of("a")]);
        await using var rows = await RowReader.OfAsync(fixture);
        var batch = await rows.ReadAsync();
        var place = await fixture.ScalarAsync<string>("SELECT ctid::text FROM notes");

        await fixture.ExecuteAsync("DELETE FROM notes");
        await fixture.ExecuteAsync("VACUUM notes");
        var again = Note.Of("a") with { Body = Value.Seal("newer", "acme") };
        await fixture.InsertAsync([again]);
        Assume.That(await fixture.ScalarAsync<string>("SELECT ctid::text FROM notes"), Is.EqualTo(place));
        var written = await rows.WriteAsync(batch);

        Assert.That(written, Is.Zero);
        Assert.That((await fixture.NotesAsync()).Single(), Is.EqualTo(again));
    }

    [Test]
    public async Task A_batch_that_arrives_twice_is_written_once()
    {
        await using var fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync(Note.Many(20));
        await using var rows = await RowReader.OfAsync(fixture);
        var batch = await rows.ReadAsync();

        var first = await rows.WriteAsync(batch);
        var second = await rows.WriteAsync(batch);

        Assert.That((first, second), Is.EqualTo((20, 0)));
        await fixture.AssertRotatedAsync();
    }
}
