using RotationMesh.Core.Map;
using RotationMesh.IntegrationTests.Support;
using RotationMesh.Operations.Documents;
using RotationMesh.TestKit;

namespace RotationMesh.IntegrationTests.Retiring;

/// <summary>
/// Nobody decrypts the values of a column that a rotation was for and that the map of today leaves out, though it has the table.
/// </summary>
public sealed class WhenTheMapLeavesAColumnOut
{
    private const string Memo = "column memo of table public.notes (database app), which rotation ";

    private static readonly TableEntry Both = WithMemo("notes");

    private Fixture fixture = null!;
    private Fixture whole = null!;

    [SetUp]
    public async Task Rotate()
    {
        fixture = await Fixture.CreateAsync();
        whole = fixture.Variant([Both]);
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync(Note.Many(5));
        await fixture.ExecuteAsync("ALTER TABLE notes ADD COLUMN memo text; UPDATE notes SET memo = body");
        Assert.That((await whole.RotateAsync()).State, Is.EqualTo("Completed"));
    }

    [TearDown]
    public async Task Drop()
    {
        await whole.DisposeAsync();
        await fixture.DisposeAsync();
    }

    [Test]
    public async Task It_keeps_every_key_in_service_under_whatever_name_until_it_is_dropped()
    {
        await fixture.ExecuteAsync("ALTER TABLE notes RENAME COLUMN memo TO remark");

        var refused = await fixture.RetireAsync();
        await fixture.ExecuteAsync("ALTER TABLE notes DROP COLUMN remark");
        var retired = await fixture.RetireAsync();

        Assert.That(
            refused.InTheWay.Single(),
            Does.StartWith("column remark of table public.notes (database app), which rotation ")
                .And.EndWith("--skip-scan-of app.public.notes.remark --reason TEXT")
        );
        AssertRetired(retired);
    }

    [Test]
    public async Task A_new_column_by_the_name_of_one_that_was_renamed_is_not_it()
    {
        await fixture.ExecuteAsync(
            "ALTER TABLE notes RENAME COLUMN memo TO remark; ALTER TABLE notes ADD COLUMN memo text"
        );

        var refused = await fixture.RetireAsync();

        Assert.That(refused.InTheWay.Single(), Does.StartWith("column remark of table public.notes"));
    }

    [Test]
    public async Task Made_again_under_its_name_it_may_have_its_values()
    {
        await fixture.ExecuteAsync(
            """
            ALTER TABLE notes ADD COLUMN copy text;
            UPDATE notes SET copy = memo;
            ALTER TABLE notes DROP COLUMN memo;
            ALTER TABLE notes RENAME COLUMN copy TO memo
            """
        );

        var refused = await fixture.RetireAsync();
        var retired = await whole.RetireAsync();

        Assert.That(refused.InTheWay.Single(), Does.StartWith(Memo));
        AssertRetired(retired);
    }

    [Test]
    public async Task Where_its_table_was_made_again_under_its_name_it_may_have_its_values()
    {
        await fixture.ExecuteAsync(
            """
            CREATE TABLE public.copy (LIKE notes INCLUDING ALL);
            INSERT INTO copy SELECT * FROM notes;
            DROP TABLE notes;
            ALTER TABLE copy RENAME TO notes
            """
        );

        var refused = await fixture.RetireAsync();
        var retired = await whole.RetireAsync();

        Assert.That(refused.InTheWay.Single(), Does.StartWith(Memo));
        AssertRetired(retired);
    }

    [Test]
    public async Task Where_its_database_was_restored_elsewhere_it_is_known_by_its_name()
    {
        await using var elsewhere = await TestDatabase.CreateAsync();
        await using var restored = Fixture.Of(elsewhere, fixture.ConnectionString);
        await restored.CreateNotesAsync();
        await restored.ExecuteAsync("ALTER TABLE notes ADD COLUMN first int, ADD COLUMN memo text");
        await restored.InsertAsync(Note.Many(5, version: 2));

        var refused = await restored.RetireAsync(1, "app");
        await restored.ExecuteAsync("ALTER TABLE notes DROP COLUMN memo");
        var retired = await restored.RetireAsync(1, "app");

        Assert.That(refused.InTheWay.Single(), Does.StartWith(Memo));
        AssertRetired(retired);
    }

    [Test]
    public async Task In_a_leaf_it_has_another_number_and_the_same_name()
    {
        await fixture.ExecuteAsync(
            """
            CREATE TABLE public.tree (LIKE notes INCLUDING DEFAULTS, PRIMARY KEY (id)) PARTITION BY HASH (id);
            CREATE TABLE public.leaf (memo text, version int, body text, tenant text, id text NOT NULL,
                "updatedAt" timestamptz NOT NULL, title text NOT NULL);
            ALTER TABLE tree ATTACH PARTITION leaf FOR VALUES WITH (MODULUS 1, REMAINDER 0);
            INSERT INTO tree SELECT * FROM notes
            """
        );
        await using var byLeaf = fixture.Variant([Both, WithMemo("leaf")]);
        Assert.That((await byLeaf.RotateAsync()).State, Is.EqualTo("Completed"));
        await using var without = fixture.Variant([Both, Entries.Table("tree")]);
        await using var declared = fixture.Variant([Both, WithMemo("tree")]);

        var refused = await without.RetireAsync();
        var retired = await declared.RetireAsync();

        Assert.That(refused.InTheWay.Single(), Does.StartWith("column memo of table public.leaf"));
        AssertRetired(retired);
    }

    [Test]
    public async Task Where_servers_do_not_tell_themselves_the_same_oids_in_another_database_are_not_it()
    {
        await fixture.CreateNotesAsync("public.more");
        await fixture.ExecuteAsync(
            """
            REVOKE EXECUTE ON FUNCTION pg_catalog.pg_control_system() FROM PUBLIC;
            INSERT INTO rotationmesh.rotated_columns
                (identity, relation, number, path, database_name, table_name, column_name, rotation_id)
            SELECT '/' || split_part(c.identity, '/', 2), c.relation, a.attnum, '', 'twin', 'more', 'body', c.rotation_id
            FROM rotationmesh.rotated_columns c
            JOIN pg_attribute a ON a.attrelid = 'notes'::regclass AND a.attname = 'title'
            WHERE c.column_name = 'body'
            """
        );
        await using var role = await TestRole.CreateAsync(fixture);
        await role.GrantAsync("SELECT, UPDATE", "notes, public.more");
        await using var blind = fixture.Twice(
            "twin",
            role.ConnectionString,
            Both,
            Entries.Table("more") with
            {
                Database = "twin",
            }
        );

        var ofAnother = await blind.KeyAsync();
        await fixture.ExecuteAsync(
            "UPDATE rotationmesh.rotated_columns SET database_name = 'app' WHERE database_name = 'twin'"
        );
        var ofThis = await blind.KeyAsync();

        Assert.That(ofAnother.InTheWay, Is.Empty);
        Assert.That(ofThis.InTheWay.Single(), Does.StartWith("column title of table public.notes"));
    }

    private static TableEntry WithMemo(string table) =>
        Entries.Table(table) with
        {
            Columns = [Entries.Column("body"), Entries.Column("memo")],
        };

    private static void AssertRetired(RetirementDocument document) =>
        Assert.That(document.Retired, Is.True, string.Join("; ", document.InTheWay));
}
