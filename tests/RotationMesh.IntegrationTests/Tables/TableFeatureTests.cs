using RotationMesh.IntegrationTests.Support;

namespace RotationMesh.IntegrationTests.Tables;

public sealed class TableFeatureTests
{
    [Test]
    public async Task Update_triggers_fire_once_for_each_row_and_are_known_to_the_shape()
    {
        await using var fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync(Note.Many(30));
        await fixture.ExecuteAsync(
            """
            CREATE TABLE seen (id text, old int, new int);
            CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN INSERT INTO seen VALUES (NEW.id, OLD.version, NEW.version); RETURN NULL; END $$;
            CREATE TRIGGER see AFTER UPDATE ON notes FOR EACH ROW EXECUTE FUNCTION see()
            """
        );

        await fixture.RotateAsync();

        Assert.That(
            await fixture.QueryAsync<string>("SELECT id || old || new FROM seen ORDER BY id"),
            Is.EqualTo(Note.Many(30).Select(note => note.Id + "12"))
        );
        Assert.That((await fixture.TargetsAsync()).Single().Shape.UpdateTriggers, Is.EqualTo(1));
        await fixture.AssertRotatedAsync();
    }

    [Test]
    public async Task Generated_columns_follow_and_foreign_keys_hold()
    {
        await using var fixture = await Fixture.CreateAsync();
        await fixture.ExecuteAsync(
            $"""
            CREATE TABLE tenants (id text PRIMARY KEY);
            CREATE TABLE notes ({NotesTable.Columns}, number int GENERATED ALWAYS AS IDENTITY,
                label text GENERATED ALWAYS AS (id || ' at ' || version) STORED,
                FOREIGN KEY (tenant) REFERENCES tenants ON UPDATE CASCADE);
            CREATE TABLE comments (note text REFERENCES notes ON DELETE CASCADE);
            INSERT INTO tenants VALUES ('tenant-0'), ('tenant-1'), ('tenant-2')
            """
        );
        await fixture.InsertAsync(Note.Many(30));
        await fixture.ExecuteAsync("INSERT INTO comments SELECT id FROM notes");
        var before = await fixture.BystandersAsync(changing: "{body,version,label}");

        await fixture.RotateAsync();

        await fixture.AssertRotatedAsync();
        Assert.That(await fixture.BystandersAsync(changing: "{body,version,label}"), Is.EqualTo(before));
        Assert.That(await fixture.ScalarAsync<bool>("SELECT bool_and(label = id || ' at 2') FROM notes"));
        Assert.That(await fixture.ScalarAsync<long>("SELECT count(*) FROM comments"), Is.EqualTo(30));
    }

    [TestCase("uuid")]
    [TestCase("int")]
    [TestCase("varchar(40)")]
    [TestCase("char(40)")]
    public async Task A_tenant_may_be_of_any_type(string type)
    {
        var tenants = type switch
        {
            "uuid" => new[]
            {
                "0b0e1d1c-0000-4000-8000-000000000001",
                "0b0e1d1c-0000-4000-8000-000000000002",
            },
            "int" => ["-5", "7"],
            _ => ["acme", "Other One"],
        };
        await using var fixture = await Fixture.CreateAsync();
        await fixture.ExecuteAsync(
            $"""
            CREATE TABLE notes (id text PRIMARY KEY, tenant {type}, body text, version int);
            INSERT INTO notes SELECT i::text, (@tenants::text[])[1 + i % 2]::{type}, (@bodies::text[])[1 + i % 2], 1
            FROM generate_series(1, 20) AS i
            """,
            new { tenants, bodies = tenants.Select(tenant => Value.Seal("plain", tenant)).ToArray() }
        );

        var one = await fixture.RotateAsync(tenants: [tenants[0]]);
        var both = await fixture.RotateAsync();

        Assert.That((one.Tables[0].Rotated, both.Tables[0].Rotated), Is.EqualTo((10, 10)));
        Assert.That(both.State, Is.EqualTo("Completed"));
    }

    [Test]
    public async Task A_tenant_longer_than_the_column_is_not_cut_to_another_s_name()
    {
        await using var fixture = await Fixture.CreateAsync();
        await fixture.ExecuteAsync(
            "CREATE TABLE notes (id text PRIMARY KEY, tenant varchar(4), body text, version int)"
        );
        await fixture.InsertAsync([Note.Of("a", "acme")]);

        Assert.That(
            async () => await fixture.RotateAsync(tenants: ["acme-archive"]),
            Throws
                .TypeOf<Core.UsageException>()
                .With.Message.Contains("no table of the map has rows of tenant")
        );
        Assert.That((await fixture.NotesAsync()).Single().Version, Is.EqualTo(1));
    }
}
