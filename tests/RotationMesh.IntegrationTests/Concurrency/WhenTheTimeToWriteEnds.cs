using Npgsql;
using RotationMesh.Core;
using RotationMesh.IntegrationTests.Support;
using RotationMesh.Tables;
using RotationMesh.Tables.Rows;
using RotationMesh.TestKit;

namespace RotationMesh.IntegrationTests.Concurrency;

/// <summary>The statement itself asks whether it may write: a command that comes late, or a process that was frozen, writes nothing.</summary>
public sealed class WhenTheTimeToWriteEnds
{
    private const int Rows = 20;

    private const string SlowTrigger = """
        CREATE FUNCTION tarry() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.1); RETURN NEW; END $$;
        CREATE TRIGGER tarry BEFORE UPDATE ON notes FOR EACH ROW EXECUTE FUNCTION tarry();
        """;

    [TestCase(false)]
    [TestCase(true, Description = "a table with triggers is written in a transaction of several statements")]
    public async Task A_batch_that_comes_late_is_not_written(bool withTriggers)
    {
        await using var fixture = await LoadAsync(withTriggers ? SlowTrigger : "");
        await using var reader = await RowReader.OfAsync(fixture);
        var batch = await reader.ReadAsync();
        var term = new WriteTerm(Guid.NewGuid(), await NowAsync(fixture));

        Assert.ThrowsAsync<WriteTermEndedException>(() => reader.WriteAsync(batch, term));

        Assert.That(await AtTargetAsync(fixture), Is.Zero);
        Assert.That(await reader.WriteAsync(batch), Is.EqualTo(Rows), "with time left it is");
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task A_batch_is_not_written_while_somebody_ends_the_rotation(bool withTriggers)
    {
        await using var fixture = await LoadAsync(withTriggers ? SlowTrigger : "");
        await using var reader = await RowReader.OfAsync(fixture);
        var batch = await reader.ReadAsync();
        var term = Terms.Long;
        await using (var ending = await fixture.Source.OpenConnectionAsync())
        {
            await LockAsync(ending, term.RotationId);
            Assert.ThrowsAsync<WriteTermEndedException>(() => reader.WriteAsync(batch, term));
            Assert.That(await AtTargetAsync(fixture), Is.Zero);
            await UnlockAsync(ending, term.RotationId);
        }

        Assert.That(await reader.WriteAsync(batch, term), Is.EqualTo(Rows));
    }

    [Test]
    public async Task What_is_left_of_a_batch_that_met_a_held_row_is_not_written_late_either()
    {
        await using var fixture = await LoadAsync("");
        await using var reader = await RowReader.OfAsync(fixture);
        var batch = await reader.ReadAsync();
        await using var application = await fixture.Source.OpenConnectionAsync();
        await using var held = await application.BeginTransactionAsync();
        await using var hold = new NpgsqlCommand(
            "UPDATE notes SET title = 'x' WHERE id = 'n00003'",
            application
        );
        await hold.ExecuteNonQueryAsync();
        // Less than it waits for the row: the statement that leaves it out comes too late.
        var term = new WriteTerm(Guid.NewGuid(), (await NowAsync(fixture)).AddMilliseconds(80));

        Assert.ThrowsAsync<WriteTermEndedException>(() => reader.WriteAsync(batch, term));

        Assert.That(await AtTargetAsync(fixture), Is.Zero);
    }

    [Test]
    public async Task Who_ends_the_rotation_waits_for_a_write_that_began_in_time()
    {
        await using var fixture = await LoadAsync(SlowTrigger);
        await using var reader = await RowReader.OfAsync(fixture);
        var batch = await reader.ReadAsync();
        var term = Terms.Long;
        await using var ending = await fixture.Source.OpenConnectionAsync();

        var write = reader.WriteAsync(batch, term);
        await Eventually.Holds(
            () =>
                fixture.ScalarAsync<bool>(
                    """
                    SELECT EXISTS (
                        SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database
                        WHERE l.locktype = 'advisory' AND l.mode = 'ShareLock' AND d.datname = current_database())
                    """
                ),
            TimeSpan.FromSeconds(20),
            "the write holds its rotation's lock"
        );
        await LockAsync(ending, term.RotationId);

        Assert.That(await AtTargetAsync(fixture), Is.EqualTo(Rows), "it was committed before");
        Assert.That(await write, Is.EqualTo(Rows));
    }

    [Test]
    public async Task A_partition_is_given_back_with_what_was_done()
    {
        await using var fixture = await LoadAsync("");

        var late = await fixture.PassAsync(term: new WriteTerm(Guid.NewGuid(), await NowAsync(fixture)));

        Assert.That((late.Outcome.Finished, late.Outcome.OutOfTime), Is.EqualTo((false, true)));
        Assert.That((late.Outcome.Counts.Rotated, late.Failures.Count), Is.EqualTo((0, 0)));
    }

    [Test]
    public async Task A_slow_partition_makes_progress_from_term_to_term()
    {
        await using var fixture = await LoadAsync(
            SlowTrigger.Replace("0.1", "0.3", StringComparison.Ordinal)
        );
        var passes = new List<PartitionOutcome>();
        do
        {
            var term = new WriteTerm(Guid.NewGuid(), (await NowAsync(fixture)).AddSeconds(4));
            passes.Add((await fixture.PassAsync(batchSize: 2, term: term)).Outcome);
            Assert.That(passes, Has.Count.LessThan(20));
        } while (!passes[^1].Finished);

        Assert.That(passes, Has.Count.GreaterThan(1));
        Assert.That(passes.SkipLast(1).Select(pass => pass.OutOfTime), Is.All.True);
        Assert.That(await AtTargetAsync(fixture), Is.EqualTo(Rows));
    }

    [Test]
    public async Task Rows_that_are_refused_slowly_are_tried_once_from_term_to_term()
    {
        await using var fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        await fixture.ExecuteAsync("ALTER TABLE notes SET (fillfactor = 10)");
        await fixture.InsertAsync(Note.Many(Rows));
        await fixture.ExecuteAsync(
            SlowTrigger
                .Replace("0.1", "0.3", StringComparison.Ordinal)
                .Replace("RETURN NEW", "RAISE 'not this one'", StringComparison.Ordinal)
        );
        var passes = new List<PartitionOutcome>();
        PageRange? pages = null;
        do
        {
            var term = new WriteTerm(Guid.NewGuid(), (await NowAsync(fixture)).AddSeconds(4));
            passes.Add((await fixture.PassAsync(batchSize: 2, term: term, parts: 8, pages: pages)).Outcome);
            pages = passes[^1].Rest ?? pages;
            Assert.That(passes, Has.Count.LessThan(40));
        } while (!passes[^1].Finished);

        Assert.That(passes, Has.Count.GreaterThan(1));
        Assert.That(
            passes.Where(pass => pass.Finished || pass.Rest is not null).Sum(pass => pass.Counts.Failed),
            Is.EqualTo(Rows)
        );
        Assert.That(await AtTargetAsync(fixture), Is.Zero);
    }

    private static async Task<Fixture> LoadAsync(string then)
    {
        var fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync(Note.Many(Rows));
        if (then.Length > 0)
            await fixture.ExecuteAsync(then);
        return fixture;
    }

    private static Task<DateTime> NowAsync(Fixture fixture) =>
        fixture.ScalarAsync<DateTime>("SELECT clock_timestamp()");

    private static Task<long> AtTargetAsync(Fixture fixture) =>
        fixture.ScalarAsync<long>("SELECT count(*) FROM notes WHERE version = 2");

    private static async Task LockAsync(NpgsqlConnection connection, Guid rotationId)
    {
        await using var take = new NpgsqlCommand(
            $"SELECT pg_advisory_lock({WriteTerm.LockOf(rotationId)})",
            connection
        );
        await take.ExecuteNonQueryAsync();
    }

    private static async Task UnlockAsync(NpgsqlConnection connection, Guid rotationId)
    {
        await using var free = new NpgsqlCommand(
            $"SELECT pg_advisory_unlock({WriteTerm.LockOf(rotationId)})",
            connection
        );
        await free.ExecuteNonQueryAsync();
    }
}
