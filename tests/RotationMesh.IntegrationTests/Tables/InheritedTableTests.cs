using RotationMesh.IntegrationTests.Retiring;
using RotationMesh.IntegrationTests.Scanning;
using RotationMesh.IntegrationTests.Support;
using RotationMesh.Tables.Rows;
using RotationMesh.Tables.Scanning;

namespace RotationMesh.IntegrationTests.Tables;

public sealed class InheritedTableTests
{
    [TestCase(null)]
    [TestCase("tenant-1")]
    public async Task Rows_of_children_are_rotated_with_those_of_the_table(string? tenant)
    {
        await using var fixture = await CreateAsync();

        var report = await fixture.RotateAsync(tenants: tenant is null ? null : [tenant]);

        Assert.That(
            (report.State, report.Tables[0].Rotated, report.Tables[0].Failed),
            Is.EqualTo(("Completed", tenant is null ? 60 : 20, 0))
        );
        if (tenant is null)
            await fixture.AssertRotatedAsync();
    }

    [Test]
    public async Task A_row_of_a_child_that_changes_at_the_same_time_is_read_again()
    {
        await using var fixture = await CreateAsync();
        await fixture.ExecuteAsync(
            """
            UPDATE ONLY grandchild SET body = 'damaged' WHERE id = 'n00055';
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
            CREATE TRIGGER refuse BEFORE UPDATE ON child FOR EACH ROW WHEN (NEW.id = 'n00025') EXECUTE FUNCTION refuse()
            """
        );

        var report = await fixture.RotateAsync();

        Assert.That(
            report.Failures.Select(failure => (failure.Key.Single().Value, failure.Error)),
            Is.EquivalentTo(
                new[] { ("n00025", RowError.DatabaseError), ("n00055", RowError.MalformedEnvelope) }
            )
        );
        Assert.That(report.Tables[0].Rotated, Is.EqualTo(58));
    }

    [Test]
    public async Task A_history_of_copies_is_left_out_where_the_map_says_so_and_rotated_by_an_entry_of_its_own()
    {
        var only = Entries.Notes with { Only = true };
        await using var fixture = await Fixture.CreateAsync(only);
        await fixture.CreateNotesAsync();
        await fixture.ExecuteAsync(
            "CREATE TABLE history (number int GENERATED ALWAYS AS IDENTITY PRIMARY KEY) INHERITS (notes)"
        );
        await fixture.InsertAsync(Note.Many(20));
        await fixture.InsertAsync(Note.Many(20), "history");
        await fixture.InsertAsync(Note.Many(20), "history");
        await using var both = fixture.Variant([
            only,
            Entries.Table("history") with
            {
                Key = Entries.Names("number"),
            },
        ]);
        await using var whole = fixture.Variant([Entries.Notes]);

        var refused = await whole.Schema.CheckAsync(whole.Map.Tables, true, CancellationToken.None);
        var report = await fixture.RotateAsync();
        var left = await fixture.ScalarAsync<long>("SELECT count(*) FROM history WHERE version = 1");
        var scan = await fixture.ScanAsync();
        var scanned = await both.ScanAsync();
        var later = await both.RotateAsync();

        Assert.That(refused.Faults.Single().ToString(), Does.Contain("only: true"));
        Assert.That((report.State, report.Tables[0].Rows, left), Is.EqualTo(("Completed", 20L, 40L)));
        Assert.That(Found(scan), Is.EqualTo(["public.history"]));
        Assert.That(Found(scanned), Is.Empty);
        Assert.That((later.State, later.Tables.Sum(table => table.Rotated)), Is.EqualTo(("Completed", 40L)));
        Assert.That(
            await fixture.ScalarAsync<long>("SELECT count(*) FROM notes WHERE version = 2"),
            Is.EqualTo(60)
        );
    }

    [Test]
    public async Task What_is_left_out_stands_in_the_way_of_a_retirement_by_its_rows_of_that_version()
    {
        await using var fixture = await Fixture.CreateAsync(Entries.Notes with { Only = true });
        await fixture.CreateNotesAsync();
        await fixture.ExecuteAsync("CREATE TABLE history (number int PRIMARY KEY) INHERITS (notes)");
        await fixture.ExecuteAsync(
            "CREATE SEQUENCE numbers; ALTER TABLE history ALTER number SET DEFAULT nextval('numbers')"
        );
        await fixture.InsertAsync(Note.Many(20));
        await fixture.InsertAsync(Note.Many(7), "history");
        var report = await fixture.RotateAsync();

        var refused = await fixture.RetireAsync(); // without the scan, that is
        await fixture.ExecuteAsync("UPDATE history SET body = NULL"); // nothing is left that needs a key
        var retired = await fixture.RetireAsync();

        Assert.That(report.State, Is.EqualTo("Completed"));
        Assert.That(
            refused.InTheWay.Single(),
            Does.Contain("public.history").And.Contain("inherits from").And.Contain("7 rows claim version 1")
        );
        Assert.That(retired.InTheWay, Is.Empty);
    }

    [Test]
    public async Task What_is_left_out_and_may_not_be_read_stands_in_the_way_and_the_keys_are_listed_all_the_same()
    {
        await using var fixture = await Fixture.CreateAsync(Entries.Notes with { Only = true });
        await fixture.CreateNotesAsync();
        await fixture.ExecuteAsync("CREATE TABLE history () INHERITS (notes)");
        await fixture.InsertAsync(Note.Many(1, version: 2));
        await using var role = await TestRole.CreateAsync(fixture);
        await role.GrantAsync("SELECT, UPDATE", "notes");
        await using var limited = fixture.Variant(user: role.Name);

        var listed = await limited.KeyAsync();

        Assert.That(listed.InTheWay.Single(), Does.Contain("public.history").And.Contain("can't be counted"));
    }

    private static IEnumerable<string> Found(DatabaseScan scan) =>
        scan.Found()
            .Select(found => found.Table.Table)
            .Where(table => !table.StartsWith("rotationmesh.", StringComparison.Ordinal));

    [Test]
    public async Task A_partitioned_table_is_never_only_itself()
    {
        await using var fixture = await Fixture.CreateAsync(Entries.Notes with { Only = true });
        await fixture.ExecuteAsync($"CREATE TABLE notes ({NotesTable.Columns}) PARTITION BY HASH (id)");

        var report = await fixture.Schema.CheckAsync(fixture.Map.Tables, true, CancellationToken.None);

        Assert.That(report.Faults.Single().ToString(), Does.Contain("remove `only` from the map"));
    }

    private static async Task<Fixture> CreateAsync()
    {
        var fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        await fixture.ExecuteAsync(
            """
            CREATE TABLE child (PRIMARY KEY (id)) INHERITS (notes);
            CREATE TABLE grandchild (own int, PRIMARY KEY (id)) INHERITS (child)
            """
        );
        var notes = Note.Many(60).ToList();
        await fixture.InsertAsync(notes[..20]);
        await fixture.InsertAsync(notes[20..40], "child");
        await fixture.InsertAsync(notes[40..], "grandchild");
        return fixture;
    }
}
