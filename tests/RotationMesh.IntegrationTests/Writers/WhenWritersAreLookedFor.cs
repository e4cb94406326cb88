using RotationMesh.IntegrationTests.Stages;
using RotationMesh.Postgres.Target.Writers;
using RotationMesh.TestKit;

namespace RotationMesh.IntegrationTests.Writers;

public sealed class WhenWritersAreLookedFor
{
    private const string Partitioned = """
        CREATE TABLE notes (id text, tenant text, body text, version int DEFAULT 1, PRIMARY KEY (id)) PARTITION BY RANGE (id);
        CREATE TABLE notes_low PARTITION OF notes FOR VALUES FROM (MINVALUE) TO ('m') PARTITION BY RANGE (id);
        CREATE TABLE notes_lowest PARTITION OF notes_low FOR VALUES FROM (MINVALUE) TO ('g');
        CREATE TABLE notes_high PARTITION OF notes FOR VALUES FROM ('m') TO (MAXVALUE);
        """;

    [TestCase("notes", "notes", TestName = "through the parent")]
    [TestCase("notes", "notes_lowest", TestName = "into a leaf")]
    [TestCase("notes_lowest", "notes", TestName = "through the parent, of a map that names the leaf")]
    public async Task One_that_writes_a_partition_is_found(string named, string written)
    {
        await using var stage = await Stage.CreateAsync(Entries.Table(named));
        await stage.ExecuteAsync(Partitioned);
        await using var open = await OpenTransaction.BeginAsync(stage, OpenTransaction.Insert("a", written));

        Assert.That((await LookAsync(stage)).Single().Pid, Is.EqualTo(open.Pid));
    }

    [Test]
    public async Task One_that_writes_another_partition_than_the_map_names_is_none()
    {
        await using var stage = await Stage.CreateAsync(Entries.Table("notes_lowest"));
        await stage.ExecuteAsync(Partitioned);
        await using var open = await OpenTransaction.BeginAsync(stage, OpenTransaction.Insert("z"));

        Assert.That(await LookAsync(stage), Is.Empty);
    }

    [Test]
    public async Task One_that_attaches_a_partition_is_found()
    {
        await using var stage = await Stage.CreateAsync();
        await stage.ExecuteAsync(
            Partitioned
                + "CREATE TABLE coming (LIKE notes INCLUDING ALL); ALTER TABLE notes DETACH PARTITION notes_high;"
        );
        await using var open = await OpenTransaction.BeginAsync(
            stage,
            "ALTER TABLE notes ATTACH PARTITION coming FOR VALUES FROM ('m') TO (MAXVALUE)"
        );

        Assert.That((await LookAsync(stage)).Single().Pid, Is.EqualTo(open.Pid));
    }

    // Whether it shows its progress, as a vacuum does, tells nothing of what it did before in its transaction.
    [TestCase("CREATE TABLE coming (LIKE notes INCLUDING ALL)", "")]
    [TestCase("", "CREATE TABLE coming (LIKE notes INCLUDING ALL)")]
    [TestCase("CREATE TABLE coming (LIKE notes INCLUDING ALL) PARTITION BY RANGE (id)", "")]
    public async Task One_that_attaches_a_partition_and_builds_an_index_is_found(string before, string within)
    {
        await using var stage = await Stage.CreateAsync();
        await stage.ExecuteAsync($"{Partitioned} ALTER TABLE notes DETACH PARTITION notes_high; {before}");
        await stage.ExecuteAsync(
            "CREATE TABLE others AS SELECT 1 AS id; CREATE FUNCTION held(int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS"
                + " $$ BEGIN PERFORM pg_advisory_xact_lock_shared(1); RETURN $1; END $$"
        );
        await using var holder = await OpenTransaction.BeginAsync(stage, "SELECT pg_advisory_xact_lock(1)");
        await using var open = await OpenTransaction.BeginAsync(
            stage,
            $"{within}; ALTER TABLE notes ATTACH PARTITION coming FOR VALUES FROM ('m') TO (MAXVALUE)"
        );

        var index = open.RunAsync("CREATE INDEX ON others (held(id))");
        await ProgressAsync(stage, "pg_stat_progress_create_index");
        var found = await LookAsync(stage);
        await holder.CommitAsync();
        await index;

        Assert.That(found.Select(writer => writer.Pid), Is.EqualTo(new int?[] { open.Pid }));
    }

    [TestCase("CREATE INDEX CONCURRENTLY ON notes (held(version))", "pg_stat_progress_create_index")]
    [TestCase("REINDEX INDEX CONCURRENTLY held_index", "pg_stat_progress_create_index")]
    [TestCase("ANALYZE notes", "pg_stat_progress_analyze")]
    public async Task Upkeep_that_may_take_hours_is_none(string upkeep, string progress)
    {
        await using var stage = await Stage.CreateAsync();
        await stage.CreateNotesAsync();
        await stage.InsertAsync(Note.Many(3));
        await stage.ExecuteAsync(
            "CREATE FUNCTION held(int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS"
                + " $$ BEGIN PERFORM pg_advisory_xact_lock_shared(1); RETURN $1; END $$;"
                + " CREATE INDEX held_index ON notes (held(version))"
        );
        await using var holder = await OpenTransaction.BeginAsync(stage, "SELECT pg_advisory_xact_lock(1)");

        var run = stage.ExecuteAsync(upkeep);
        await ProgressAsync(stage, progress);
        var found = await LookAsync(stage);
        await holder.CommitAsync();
        await run;

        Assert.That(found, Is.Empty);
    }

    [Test]
    public async Task One_that_writes_a_table_that_inherits_is_found()
    {
        await using var stage = await Stage.CreateAsync();
        await stage.CreateNotesAsync();
        await stage.ExecuteAsync("CREATE TABLE more (PRIMARY KEY (id)) INHERITS (notes)");
        await using var open = await OpenTransaction.BeginAsync(stage, OpenTransaction.Insert("a", "more"));

        Assert.That((await LookAsync(stage)).Single().Pid, Is.EqualTo(open.Pid));
    }

    [TestCase("SELECT count(*) FROM notes")]
    [TestCase("SELECT 1 FROM notes FOR UPDATE")]
    [TestCase("SAVEPOINT one; INSERT INTO notes (id) VALUES ('x'); ROLLBACK TO one")]
    [TestCase("LOCK TABLE notes IN SHARE MODE")]
    [TestCase("CREATE TABLE notes_of_others (id text); INSERT INTO notes_of_others VALUES ('x')")]
    public async Task One_that_has_written_nothing_of_the_table_is_none(string statements)
    {
        await using var stage = await Stage.CreateAsync();
        await stage.CreateNotesAsync();
        await using var open = await OpenTransaction.BeginAsync(stage, statements);

        Assert.That(await LookAsync(stage), Is.Empty);
    }

    [Test]
    public async Task One_of_another_database_is_none()
    {
        await using var stage = await Stage.CreateAsync();
        await stage.CreateNotesAsync();
        await using var copy = await TestDatabase.CreateAsync();
        await copy.ExecuteAsync(NotesTable.Create());
        await using var foreign = Stage.Of(copy, stage.ConnectionString);
        var gid = $"foreign-{Guid.NewGuid():N}";
        await using (var open = await OpenTransaction.BeginAsync(foreign, OpenTransaction.Insert("a")))
            await open.RunAsync($"PREPARE TRANSACTION '{gid}'");

        try
        {
            Assert.That(await LookAsync(stage), Is.Empty);
            Assert.That((await LookAsync(foreign)).Single().Gid, Is.EqualTo(gid));
        }
        finally
        {
            await foreign.ExecuteAsync($"ROLLBACK PREPARED '{gid}'");
        }
    }

    [Test]
    public async Task A_role_without_rights_of_its_own_sees_who_it_is()
    {
        await using var stage = await Stage.CreateAsync();
        await stage.CreateNotesAsync();
        await using var role = await StageRole.CreateAsync(stage);
        await role.GrantAsync("SELECT, UPDATE", "notes");
        await using var limited = stage.Variant(user: role.Name);
        await using var open = await OpenTransaction.BeginAsync(stage, OpenTransaction.Insert("a"));

        Assert.That(
            (await LookAsync(limited)).Single().ToString(),
            Does.StartWith($"session {open.Pid} (a-long-job, role ").And.Contain("age not shown to this role")
        );
    }

    [Test]
    public async Task One_that_came_after_the_first_look_is_waited_for_from_when_it_should_be()
    {
        await using var stage = await Stage.CreateAsync();
        await stage.CreateNotesAsync();
        var early = await OpenTransaction.BeginAsync(stage, OpenTransaction.Insert("a"));
        var writers = new EarlierWriters(stage.Databases, await stage.TargetsAsync());
        Assert.That(await writers.HaveEndedAsync(TimeSpan.Zero, CancellationToken.None), Is.False);
        await using var late = await OpenTransaction.BeginAsync(stage, OpenTransaction.Insert("b"));
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
        await using var owner = await Stage.CreateAsync();
        await owner.CreateNotesAsync();
        await using var role = await StageRole.CreateAsync(owner);
        await role.GrantAsync(rights, "notes");
        await using var stage = Stage.Of(owner, role.ConnectionString);
        await using var open = await OpenTransaction.BeginAsync(owner, OpenTransaction.Insert("a"));
        var writers = new EarlierWriters(stage.Databases, await stage.TargetsAsync());

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
        await using var stage = await Stage.CreateAsync();
        await stage.CreateNotesAsync();
        var writers = new EarlierWriters(stage.Databases, await stage.TargetsAsync());
        await writers.LookAsync(CancellationToken.None);
        var gid = $"prepared-{Guid.NewGuid():N}";
        await using var open = await OpenTransaction.BeginAsync(
            stage,
            "LOCK TABLE notes IN ROW EXCLUSIVE MODE"
        );
        await writers.LookAsync(CancellationToken.None);
        writers.AwaitAll();
        await open.RunAsync(OpenTransaction.Insert("a"));
        await open.RunAsync($"PREPARE TRANSACTION '{gid}'");

        Assert.That(await writers.HaveEndedAsync(TimeSpan.Zero, CancellationToken.None), Is.False);
        Assert.That(writers.Open.Single().Gid, Is.EqualTo(gid));
        await stage.ExecuteAsync($"COMMIT PREPARED '{gid}'");
        Assert.That(await writers.HaveEndedAsync(TimeSpan.Zero, CancellationToken.None), Is.True);
    }

    // It is under way, and has come to the row at which it is held.
    private static Task ProgressAsync(Stage stage, string view) =>
        Eventually.Holds(
            () =>
                stage.ScalarAsync<bool>(
                    $"SELECT count(*) > 0 FROM {view} JOIN pg_stat_activity a USING (pid)"
                        + " WHERE a.datname = current_database() AND a.wait_event = 'advisory'"
                ),
            TimeSpan.FromSeconds(60),
            $"there is progress in {view}"
        );

    private static async Task<IReadOnlyList<OpenWriter>> LookAsync(Stage stage)
    {
        var targets = (
            await stage.Schema.CheckAsync(stage.Map.Tables, false, CancellationToken.None)
        ).OrThrow();
        var writers = new EarlierWriters(stage.Databases, targets);
        await writers.HaveEndedAsync(TimeSpan.Zero, CancellationToken.None);
        return writers.Open;
    }
}
