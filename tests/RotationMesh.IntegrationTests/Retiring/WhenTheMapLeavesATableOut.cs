using RotationMesh.Core;
using RotationMesh.IntegrationTests.Support;
using RotationMesh.Operations.Documents;
using RotationMesh.Tables.Scanning;

namespace RotationMesh.IntegrationTests.Retiring;

/// <summary>
/// Nobody counts the rows of a table that a rotation was for and that the map of today leaves out; they may need any key.
/// </summary>
public sealed class WhenTheMapLeavesATableOut
{
    private const string Left = "left_notes";

    private Fixture fixture = null!;
    private Fixture since = null!;

    [SetUp]
    public async Task Rotate()
    {
        fixture = await Fixture.CreateAsync(Entries.Notes, Entries.Table(Left));
        since = fixture.Variant([Entries.Notes]);
        await fixture.CreateNotesAsync();
        await fixture.CreateNotesAsync(Left);
        await fixture.InsertAsync(Note.Many(5));
        await fixture.InsertAsync(Note.Many(5), Left);
        Assert.That((await fixture.RotateAsync()).State, Is.EqualTo("Completed"));
    }

    [TearDown]
    public async Task Drop()
    {
        await since.DisposeAsync();
        await fixture.DisposeAsync();
    }

    [Test]
    public async Task It_keeps_every_key_in_service_and_is_named()
    {
        var refused = await since.RetireAsync();
        var listed = await since.KeyAsync();
        var whole = await fixture.RetireAsync();

        Assert.That(refused.Retired, Is.False);
        Assert.That(
            refused.InTheWay.Single(),
            Does.StartWith($"table public.{Left} (database app), which rotation ")
                .And.Contain("is not in this map: put it into the map, or drop it")
                .And.EndWith($"--skip-scan-of app.public.{Left} --reason TEXT")
        );
        Assert.That(
            (listed.SafeToRetire, listed.InTheWay.Single()),
            Is.EqualTo((false, refused.InTheWay[0]))
        );
        AssertRetired(whole);
    }

    [Test]
    public async Task It_does_so_as_well_where_a_coordinator_of_an_earlier_release_planned_the_rotation()
    {
        await fixture.ExecuteAsync("DELETE FROM rotationmesh.rotated_tables");

        var refused = await since.RetireAsync();

        Assert.That(refused.InTheWay.Single(), Does.StartWith($"table public.{Left} (database app), which"));
        AssertRetired(await fixture.RetireAsync());
    }

    [Test]
    public async Task Where_it_is_called_otherwise_now_both_names_are_told_and_a_map_with_the_new_one_will_do()
    {
        await fixture.ExecuteAsync($"ALTER TABLE {Left} RENAME TO memos");
        await using var renamed = fixture.Variant([Entries.Notes, Entries.Table("memos")]);

        var refused = await since.RetireAsync();
        var retired = await renamed.RetireAsync();

        Assert.That(
            refused.InTheWay.Single(),
            Does.StartWith($"table public.memos (database app, then called {Left}), which rotation ")
        );
        AssertRetired(retired);
    }

    [Test]
    public async Task Where_it_was_dropped_nothing_of_it_needs_a_key()
    {
        await fixture.ExecuteAsync($"DROP TABLE {Left}");

        AssertRetired(await since.RetireAsync());
    }

    [Test]
    public async Task Where_a_new_table_has_its_name_that_one_is_named()
    {
        await fixture.ExecuteAsync(
            $"CREATE TABLE public.copy (LIKE {Left}); DROP TABLE {Left}; ALTER TABLE copy RENAME TO {Left}"
        );

        var refused = await since.RetireAsync();

        Assert.That(refused.InTheWay.Single(), Does.StartWith($"table public.{Left} (database app), which"));
    }

    [Test]
    public async Task Where_the_map_names_its_new_table_the_old_one_under_another_name_is_told()
    {
        await fixture.ExecuteAsync($"ALTER TABLE {Left} RENAME TO archive");
        await fixture.CreateNotesAsync($"public.{Left}");

        var refused = await fixture.RetireAsync();

        Assert.That(
            refused.InTheWay.Single(),
            Does.StartWith($"table public.archive (database app, then called {Left}), which")
        );
    }

    [Test]
    public async Task Where_the_map_names_each_leaf_of_it_all_rows_are_counted()
    {
        const string Tree = "tree";
        await fixture.ExecuteAsync(
            $"""
            CREATE TABLE public.{Tree} (LIKE notes INCLUDING DEFAULTS, PRIMARY KEY (id)) PARTITION BY HASH (id);
            CREATE TABLE public.tree_0 PARTITION OF {Tree} FOR VALUES WITH (MODULUS 2, REMAINDER 0);
            CREATE TABLE public.tree_1 PARTITION OF {Tree} FOR VALUES WITH (MODULUS 2, REMAINDER 1);
            """
        );
        await using var whole = fixture.Variant([Entries.Notes, Entries.Table(Left), Entries.Table(Tree)]);
        await whole.InsertAsync(Note.Many(20), Tree);
        Assert.That((await whole.RotateAsync()).State, Is.EqualTo("Completed"));
        await using var leaves = fixture.Variant([
            Entries.Notes,
            Entries.Table(Left),
            Entries.Table("tree_0"),
            Entries.Table("tree_1"),
        ]);
        await using var one = fixture.Variant([Entries.Notes, Entries.Table(Left), Entries.Table("tree_0")]);

        var refused = await one.RetireAsync();
        var retired = await leaves.RetireAsync();

        Assert.That(refused.InTheWay.Single(), Does.StartWith($"table public.{Tree} (database app), which"));
        AssertRetired(retired);
    }

    [Test]
    public async Task An_operator_who_leaves_it_out_with_a_reason_retires_the_key()
    {
        AssertRetired(await since.ScanAndRetireAsync(ScanDepth.Retirement, $"app.public.{Left}"));
    }

    [Test]
    public async Task A_table_of_an_earlier_release_is_known_by_its_name()
    {
        await fixture.ExecuteAsync("UPDATE rotationmesh.rotated_tables SET relation = 0");

        var refused = await since.RetireAsync();
        await fixture.ExecuteAsync($"CREATE SCHEMA other; CREATE TABLE other.{Left} (LIKE notes)");
        var retired = await fixture.RetireAsync();

        Assert.That(refused.InTheWay.Single(), Does.StartWith($"table public.{Left} (database app), which"));
        AssertRetired(retired);
    }

    [Test]
    public async Task A_schema_that_was_not_brought_forward_yet_retires_nothing()
    {
        await fixture.ExecuteAsync(
            """
            DROP TABLE rotationmesh.rotated_tables;
            DELETE FROM rotationmesh.schema_versions WHERE scriptname LIKE '%.0028\_%'
            """
        );

        Assert.That(
            async () => await since.RetireAsync(),
            Throws
                .InstanceOf<UsageException>()
                .With.Message.Contains("the control schema is of an earlier release")
        );
        Assert.That(async () => await since.KeyAsync(), Throws.InstanceOf<UsageException>());
    }

    [Test]
    public async Task A_place_to_leave_out_may_be_a_table_in_which_nothing_can_be_looked_at()
    {
        await fixture.ExecuteAsync($"DROP TABLE {Left}; CREATE TABLE public.{Left} (n int)");

        var refused = await since.RetireAsync();
        var retired = await since.ScanAndRetireAsync(ScanDepth.Retirement, $"app.public.{Left}");

        Assert.That(refused.InTheWay, Has.Count.EqualTo(1));
        AssertRetired(retired);
    }

    [Test]
    public async Task Two_names_of_a_map_may_lead_to_its_database()
    {
        await using var twice = since.WithDatabase(
            "twin",
            fixture.ConnectionString,
            Entries.Notes,
            Entries.Table(Left) with
            {
                Database = "twin",
            }
        );

        AssertRetired(await twice.RetireAsync());
    }

    [Test]
    public async Task A_rotation_that_its_check_refused_was_for_no_table()
    {
        await fixture.ExecuteAsync("CREATE TABLE public.plain (id text PRIMARY KEY)");
        await using var wrong = fixture.Variant([Entries.Notes, Entries.Table(Left), Entries.Table("plain")]);

        Assert.ThrowsAsync<UsageException>(() => wrong.RotateAsync());

        AssertRetired(await fixture.RetireAsync());
    }

    private static void AssertRetired(RetirementDocument document) =>
        Assert.That(document.Retired, Is.True, string.Join("; ", document.InTheWay));
}
