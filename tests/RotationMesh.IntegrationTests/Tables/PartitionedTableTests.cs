using RotationMesh.IntegrationTests.Support;

namespace RotationMesh.IntegrationTests.Tables;

public sealed class PartitionedTableTests
{
    // Two levels; a leaf has its columns in another order, and one lies in another schema.
    private const string Create = """
        CREATE SCHEMA archive;
        CREATE TABLE notes (id text, tenant text, body text, version int DEFAULT 1, region int, title text DEFAULT 'x',
                            PRIMARY KEY (region, id)) PARTITION BY RANGE (region);
        CREATE TABLE notes_low PARTITION OF notes FOR VALUES FROM (0) TO (10) PARTITION BY LIST (region);
        CREATE TABLE notes_zero PARTITION OF notes_low FOR VALUES IN (0);
        CREATE TABLE notes_few PARTITION OF notes_low DEFAULT;
        CREATE TABLE archive."High Regions" (title text, region int NOT NULL, gone text, version int, body text, tenant text, id text NOT NULL);
        ALTER TABLE archive."High Regions" DROP COLUMN gone;
        ALTER TABLE notes ATTACH PARTITION archive."High Regions" FOR VALUES FROM (10) TO (20);
        CREATE TABLE notes_rest PARTITION OF notes DEFAULT;
        """;

    [TestCase(null)]
    [TestCase("tenant-1")]
    public async Task Rows_of_every_leaf_are_rotated(string? tenant)
    {
        await using var fixture = await CreateAsync();

        var report = await fixture.RotateAsync(batchSize: 9, tenants: tenant is null ? null : [tenant]);

        Assert.That(report.State, Is.EqualTo("Completed"));
        var notes = await fixture.NotesAsync();
        var chosen = notes.Where(note => tenant is null || note.Tenant == tenant).ToList();
        Assert.That(report.Tables.Single().Rotated, Is.EqualTo(chosen.Count));
        Assert.That(
            notes.Where(note => note.Version == 2).Select(note => note.Id),
            Is.EqualTo(chosen.Select(note => note.Id))
        );
        Assert.That(
            chosen.Select(note => Value.Open(note.Body!, note.Tenant!, 2)),
            Is.EqualTo(chosen.Select(note => $"body of {note.Id}"))
        );
    }

    [Test]
    public async Task The_shape_has_the_leaves_and_nothing_between()
    {
        await using var fixture = await CreateAsync();

        var shape = (await fixture.TargetsAsync()).Single().Shape;

        Assert.That(
            shape.Leaves.Select(leaf => leaf.Quoted),
            Is.EquivalentTo(
                new[]
                {
                    """
                    "archive"."High Regions"
                    """,
                    """
                    "public"."notes_few"
                    """,
                    """
                    "public"."notes_rest"
                    """,
                    """
                    "public"."notes_zero"
                    """,
                }
            )
        );
    }

    [Test]
    public async Task A_table_partitioned_by_its_version_is_refused()
    {
        await using var fixture = await Fixture.CreateAsync(
            Entries.Notes with
            {
                Key = Entries.Names("id", "version2"),
                Version = new("version2"),
            }
        );
        await fixture.ExecuteAsync(
            """
            CREATE TABLE notes (id text, tenant text, body text, version2 int, PRIMARY KEY (id, version2))
            PARTITION BY LIST (version2);
            CREATE TABLE notes_rest PARTITION OF notes DEFAULT
            """
        );

        Assert.That(
            async () => await fixture.RotateAsync(),
            Throws
                .TypeOf<Core.UsageException>()
                .With.Message.Contains("it is partitioned by its version column")
        );
    }

    [TestCase(
        "CREATE FOREIGN TABLE notes (id text, tenant text, body text, version int) SERVER away",
        "is a view or a foreign table"
    )]
    [TestCase(
        $"""
            CREATE TABLE notes ({NotesTable.Columns}) PARTITION BY HASH (id);
            CREATE TABLE here PARTITION OF notes FOR VALUES WITH (MODULUS 2, REMAINDER 0);
            ALTER TABLE notes DROP CONSTRAINT notes_pkey;
            CREATE FOREIGN TABLE there PARTITION OF notes FOR VALUES WITH (MODULUS 2, REMAINDER 1) SERVER away
            """,
        "its partition \"public\".\"there\" is a foreign table"
    )]
    public async Task Rows_of_another_server_are_rotated_there(string tables, string fault)
    {
        await using var fixture = await Fixture.CreateAsync();
        await fixture.ExecuteAsync(
            $"CREATE EXTENSION postgres_fdw; CREATE SERVER away FOREIGN DATA WRAPPER postgres_fdw; {tables}"
        );

        var report = await fixture.Schema.CheckAsync(fixture.Map.Tables, true, CancellationToken.None);

        Assert.That(report.Faults.Select(found => found.ToString()), Has.Some.Contains(fault));
    }

    private static async Task<Fixture> CreateAsync()
    {
        var fixture = await Fixture.CreateAsync(Entries.Notes with { Key = Entries.Names("region", "id") });
        await fixture.ExecuteAsync(Create);
        await fixture.ExecuteAsync("CREATE TABLE loading (id text, tenant text, body text, version int)");
        await fixture.InsertAsync(Note.Many(120), "loading");
        await fixture.ExecuteAsync(
            """
            INSERT INTO notes (id, tenant, body, version, region)
            SELECT id, tenant, body, version, (substr(id, 2)::int * 7) % 25 FROM loading
            """
        );
        return fixture;
    }
}
