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
    public async Task One_that_came_after_the_first_look_is_not_waited_for()
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
        Assert.That(await writers.HaveCompanyAsync(CancellationToken.None), Is.False);
    }

    [Test]
    public async Task One_that_began_before_the_first_look_and_wrote_after_it_is_noticed_after_the_count()
    {
        await using var stage = await Stage.CreateAsync();
        await stage.CreateNotesAsync();
        await using var open = await OpenTransaction.BeginAsync(stage, "SELECT 1");
        var writers = new EarlierWriters(stage.Databases, await stage.TargetsAsync());
        Assert.That(await writers.HaveEndedAsync(TimeSpan.Zero, CancellationToken.None), Is.True);
        await open.RunAsync(OpenTransaction.Insert("a"));

        Assert.That(await writers.HaveCompanyAsync(CancellationToken.None), Is.True);
        Assert.That(writers.Open.Single().Pid, Is.EqualTo(open.Pid));
        await open.CommitAsync();
        Assert.That(await writers.HaveEndedAsync(TimeSpan.Zero, CancellationToken.None), Is.True);
    }

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
