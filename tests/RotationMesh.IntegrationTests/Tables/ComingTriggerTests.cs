using Dapper;
using RotationMesh.IntegrationTests.Concurrency;
using RotationMesh.IntegrationTests.Support;
using RotationMesh.Tables.Ranges;
using RotationMesh.TestKit;

namespace RotationMesh.IntegrationTests.Tables;

/// <summary>A trigger that would keep the old version beside the new value, and was not there when the table was checked.</summary>
public sealed class ComingTriggerTests
{
    private const string Keep = """
        CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN NEW.version := OLD.version; RETURN NEW; END $$;
        CREATE TRIGGER keep BEFORE UPDATE ON notes FOR EACH ROW EXECUTE FUNCTION keep()
        """;

    [Test]
    public async Task One_that_comes_while_rows_are_written_finds_none_of_them_any_more()
    {
        await using var fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync(Note.Many(200));
        var coming = new Lazy<Task>(() => fixture.ExecuteAsync(Keep));

        var pass = await fixture.PassAsync(batchSize: 20, progress: _ => coming.Value.Wait());
        await fixture.ExecuteAsync("DROP TRIGGER keep ON notes");
        var after = await fixture.RotateAsync();

        Assert.That(pass.Outcome.Counts.Rotated, Is.InRange(20, 180), "it came in the middle");
        Assert.That((after.State, after.Tables[0].Failed), Is.EqualTo(("Completed", 0)));
        await fixture.AssertRotatedAsync();
    }

    [TestCase("read committed")]
    [TestCase("repeatable read")]
    [TestCase("serializable")]
    public async Task One_that_a_write_waited_for_finds_no_row(string isolation)
    {
        const string Waiting =
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        await using var fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync(Note.Many(20));
        await fixture.ExecuteAsync(
            $"""
            DO $$ BEGIN
                EXECUTE format('ALTER DATABASE %I SET default_transaction_isolation = %L', current_database(), '{isolation}');
            END $$
            """
        );
        var before = await fixture.QueryAsync<string>("SELECT body FROM notes ORDER BY id");
        await using var rows = await RowReader.OfAsync(fixture);
        var late = await rows.ReadAsync();
        await fixture.ExecuteAsync("UPDATE notes SET body = body");
        Assert.That(await rows.WriteAsync(late), Is.Zero, "it is prepared now");
        var batch = await rows.ReadAsync();
        await using var creator = await fixture.Source.OpenConnectionAsync();
        await using var creation = await creator.BeginTransactionAsync();
        await creator.ExecuteAsync(Keep);

        var writing = rows.WriteAsync(batch);
        await Eventually.Holds(
            async () => writing.IsCompleted || await fixture.ScalarAsync<long>(Waiting) > 0,
            TimeSpan.FromMinutes(1),
            "the write waits for the table"
        );
        await creation.CommitAsync();
        try
        {
            Assert.That(await writing, Is.Zero, "a slow machine: it gave the lock up");
        }
        catch (TableChangedException)
        {
            // as meant
        }

        Assert.That(
            await fixture.QueryAsync<string>("SELECT body FROM notes ORDER BY id"),
            Is.EqualTo(before),
            "values under the version that they had"
        );
    }
}
