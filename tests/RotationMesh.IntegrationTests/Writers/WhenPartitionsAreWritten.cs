using RotationMesh.IntegrationTests.Support;

namespace RotationMesh.IntegrationTests.Writers;

/// <summary>Whoever writes a partition is found as a writer of the table that the map names.</summary>
public sealed class WhenPartitionsAreWritten
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
        await using var fixture = await Fixture.CreateAsync(Entries.Table(named));
        await fixture.ExecuteAsync(Partitioned);
        await using var open = await OpenTransaction.BeginAsync(
            fixture,
            OpenTransaction.Insert("a", written)
        );

        Assert.That((await fixture.LookForWritersAsync()).Single().Pid, Is.EqualTo(open.Pid));
    }

    [Test]
    public async Task One_that_writes_another_partition_than_the_map_names_is_none()
    {
        await using var fixture = await Fixture.CreateAsync(Entries.Table("notes_lowest"));
        await fixture.ExecuteAsync(Partitioned);
        await using var open = await OpenTransaction.BeginAsync(fixture, OpenTransaction.Insert("z"));

        Assert.That(await fixture.LookForWritersAsync(), Is.Empty);
    }

    [Test]
    public async Task One_that_attaches_a_partition_is_found()
    {
        await using var fixture = await Fixture.CreateAsync();
        await fixture.ExecuteAsync(
            Partitioned
                + "CREATE TABLE coming (LIKE notes INCLUDING ALL); ALTER TABLE notes DETACH PARTITION notes_high;"
        );
        await using var open = await OpenTransaction.BeginAsync(
            fixture,
            "ALTER TABLE notes ATTACH PARTITION coming FOR VALUES FROM ('m') TO (MAXVALUE)"
        );

        Assert.That((await fixture.LookForWritersAsync()).Single().Pid, Is.EqualTo(open.Pid));
    }

    // Whether it shows its progress, as a vacuum does, tells nothing of what it did before in its transaction.
    [TestCase("CREATE TABLE coming (LIKE notes INCLUDING ALL)", "")]
    [TestCase("", "CREATE TABLE coming (LIKE notes INCLUDING ALL)")]
    [TestCase("CREATE TABLE coming (LIKE notes INCLUDING ALL) PARTITION BY RANGE (id)", "")]
    public async Task One_that_attaches_a_partition_and_builds_an_index_is_found(string before, string within)
    {
        await using var fixture = await Fixture.CreateAsync();
        await fixture.ExecuteAsync($"{Partitioned} ALTER TABLE notes DETACH PARTITION notes_high; {before}");
        await fixture.ExecuteAsync(
            "CREATE TABLE others AS SELECT 1 AS id; CREATE FUNCTION held(int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS"
                + " $$ BEGIN PERFORM pg_advisory_xact_lock_shared(1); RETURN $1; END $$"
        );
        await using var holder = await OpenTransaction.BeginAsync(fixture, "SELECT pg_advisory_xact_lock(1)");
        await using var open = await OpenTransaction.BeginAsync(
            fixture,
            $"{within}; ALTER TABLE notes ATTACH PARTITION coming FOR VALUES FROM ('m') TO (MAXVALUE)"
        );

        var index = open.RunAsync("CREATE INDEX ON others (held(id))");
        await fixture.ProgressAsync("pg_stat_progress_create_index");
        var found = await fixture.LookForWritersAsync();
        await holder.CommitAsync();
        await index;

        Assert.That(found.Select(writer => writer.Pid), Is.EqualTo(new int?[] { open.Pid }));
    }
}
