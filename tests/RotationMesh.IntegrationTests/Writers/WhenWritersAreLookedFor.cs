using RotationMesh.IntegrationTests.Support;
using RotationMesh.Tables.Writers;
using RotationMesh.TestKit;

namespace RotationMesh.IntegrationTests.Writers;

public sealed class WhenWritersAreLookedFor
{
    [TestCase("CREATE INDEX CONCURRENTLY ON notes (held(version))", "pg_stat_progress_create_index")]
    [TestCase("REINDEX INDEX CONCURRENTLY held_index", "pg_stat_progress_create_index")]
    [TestCase("ANALYZE notes", "pg_stat_progress_analyze")]
    public async Task Upkeep_that_may_take_hours_is_none(string upkeep, string progress)
    {
        await using var fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync(Note.Many(3));
        await fixture.ExecuteAsync(
            "CREATE FUNCTION held(int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS"
                + " $$ BEGIN PERFORM pg_advisory_xact_lock_shared(1); RETURN $1; END $$;"
                + " CREATE INDEX held_index ON notes (held(version))"
        );
        await using var holder = await OpenTransaction.BeginAsync(fixture, "SELECT pg_advisory_xact_lock(1)");

        var run = fixture.ExecuteAsync(upkeep);
        await fixture.ProgressAsync(progress);
        var found = await fixture.LookForWritersAsync();
        await holder.CommitAsync();
        await run;

        Assert.That(found, Is.Empty);
    }

    [Test]
    public async Task One_that_writes_a_table_that_inherits_is_found()
    {
        await using var fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        await fixture.ExecuteAsync("CREATE TABLE more (PRIMARY KEY (id)) INHERITS (notes)");
        await using var open = await OpenTransaction.BeginAsync(fixture, OpenTransaction.Insert("a", "more"));

        Assert.That((await fixture.LookForWritersAsync()).Single().Pid, Is.EqualTo(open.Pid));
    }

    [TestCase("SELECT count(*) FROM notes")]
    [TestCase("SELECT 1 FROM notes FOR UPDATE")]
    [TestCase("SAVEPOINT one; INSERT INTO notes (id) VALUES ('x'); ROLLBACK TO one")]
    [TestCase("LOCK TABLE notes IN SHARE MODE")]
    [TestCase("CREATE TABLE notes_of_others (id text); INSERT INTO notes_of_others VALUES ('x')")]
    public async Task One_that_has_written_nothing_of_the_table_is_none(string statements)
    {
        await using var fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        await using var open = await OpenTransaction.BeginAsync(fixture, statements);

        Assert.That(await fixture.LookForWritersAsync(), Is.Empty);
    }

    [Test]
    public async Task One_of_another_database_is_none()
    {
        await using var fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        await using var copy = await TestDatabase.CreateAsync();
        await copy.ExecuteAsync(NotesTable.Create());
        await using var foreign = Fixture.Of(copy, fixture.ConnectionString);
        var gid = $"foreign-{Guid.NewGuid():N}";
        await using (var open = await OpenTransaction.BeginAsync(foreign, OpenTransaction.Insert("a")))
            await open.RunAsync($"PREPARE TRANSACTION '{gid}'");

        try
        {
            Assert.That(await fixture.LookForWritersAsync(), Is.Empty);
            Assert.That((await foreign.LookForWritersAsync()).Single().Gid, Is.EqualTo(gid));
        }
        finally
        {
            await foreign.ExecuteAsync($"ROLLBACK PREPARED '{gid}'");
        }
    }

    [Test]
    public async Task A_role_without_rights_of_its_own_sees_who_it_is()
    {
        await using var fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        await using var role = await TestRole.CreateAsync(fixture);
        await role.GrantAsync("SELECT, UPDATE", "notes");
        await using var limited = fixture.Variant(user: role.Name);
        await using var open = await OpenTransaction.BeginAsync(fixture, OpenTransaction.Insert("a"));

        Assert.That(
            (await limited.LookForWritersAsync()).Single().ToString(),
            Does.StartWith($"session {open.Pid} (a-long-job, role ").And.Contain("age not shown to this role")
        );
    }

    [Test]
    public async Task One_that_came_after_the_first_look_is_waited_for_from_when_it_should_be()
    {
        await using var fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        var early = await OpenTransaction.BeginAsync(fixture, OpenTransaction.Insert("a"));
        var writers = new EarlierWriters(fixture.Databases, await fixture.TargetsAsync());
        Assert.That(await writers.HaveEndedAsync(TimeSpan.Zero, CancellationToken.None), Is.False);
        await using var late = await OpenTransaction.BeginAsync(fixture, OpenTransaction.Insert("b"));
        await early.CommitAsync();
        await early.DisposeAsync();

        Assert.That(await writers.HaveEndedAsync(TimeSpan.Zero, CancellationToken.None), Is.True);
        writers.AwaitAll();
        Assert.That(writers.Open.Single().Pid, Is.EqualTo(late.Pid));
        Assert.That(await writers.HaveEndedAsync(TimeSpan.Zero, CancellationToken.None), Is.False);
        await late.CommitAsync();
        Assert.That(await writers.HaveEndedAsync(TimeSpan.Zero, CancellationToken.None), Is.True);
    }

    [TestCase("SELECT, UPDATE")]
    [TestCase("SELECT, UPDATE (version, body)")]
    public async Task One_is_as_old_as_the_looks_before_can_tell_whatever_the_role_is_shown(string rights)
    {
        await using var owner = await Fixture.CreateAsync();
        await owner.CreateNotesAsync();
        await using var role = await TestRole.CreateAsync(owner);
        await role.GrantAsync(rights, "notes");
        await using var fixture = Fixture.Of(owner, role.ConnectionString);
        await using var open = await OpenTransaction.BeginAsync(owner, OpenTransaction.Insert("a"));
        var writers = new EarlierWriters(fixture.Databases, await fixture.TargetsAsync());

        await writers.LookAsync(CancellationToken.None);
        Assert.That(writers.AreYounger(TimeSpan.FromDays(1)), Is.False, "it was there at the first look");
        await open.CommitAsync();
        await writers.LookAsync(CancellationToken.None);
        Assert.That(writers.AreYounger(TimeSpan.Zero), Is.True, "there is none");
        await using var late = await OpenTransaction.BeginAsync(owner, OpenTransaction.Insert("b"));
        await writers.LookAsync(CancellationToken.None);
        Assert.That(writers.AreYounger(TimeSpan.FromDays(1)), Is.True);
        Assert.That(writers.AreYounger(TimeSpan.FromTicks(1)), Is.False);
    }

    [Test]
    public async Task One_that_had_not_written_may_be_any_that_is_prepared_since()
    {
        await using var fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        var writers = new EarlierWriters(fixture.Databases, await fixture.TargetsAsync());
        await writers.LookAsync(CancellationToken.None);
        var gid = $"prepared-{Guid.NewGuid():N}";
        await using var open = await OpenTransaction.BeginAsync(
            fixture,
            "LOCK TABLE notes IN ROW EXCLUSIVE MODE"
        );
        await writers.LookAsync(CancellationToken.None);
        writers.AwaitAll();
        await open.RunAsync(OpenTransaction.Insert("a"));
        await open.RunAsync($"PREPARE TRANSACTION '{gid}'");

        Assert.That(await writers.HaveEndedAsync(TimeSpan.Zero, CancellationToken.None), Is.False);
        Assert.That(writers.Open.Single().Gid, Is.EqualTo(gid));
        await fixture.ExecuteAsync($"COMMIT PREPARED '{gid}'");
        Assert.That(await writers.HaveEndedAsync(TimeSpan.Zero, CancellationToken.None), Is.True);
    }
}
