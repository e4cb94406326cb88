using RotationMesh.Core;
using RotationMesh.IntegrationTests.Support;

namespace RotationMesh.IntegrationTests.Retiring;

/// <summary>Failures of a table that nobody can rotate any more would keep their key in service for ever.</summary>
public sealed class WhenATableWithFailuresIsGone
{
    private const string Old = "old_notes";

    private Fixture fixture = null!;
    private Fixture since = null!;

    // A row of the old table did not decrypt; a map of today names the other table alone.
    [SetUp]
    public async Task Create()
    {
        fixture = await Fixture.CreateAsync(Entries.Notes, Entries.Table(Old));
        since = fixture.Variant([Entries.Notes]);
        await fixture.CreateNotesAsync();
        await fixture.CreateNotesAsync(Old);
        await fixture.InsertAsync(Note.Many(5));
        await fixture.InsertAsync([.. Note.Many(5), Note.Of("bad") with { Body = "(bad)" }], Old);
        Assert.That((await fixture.RotateAsync()).State, Is.EqualTo("CompletedWithFailures"));
    }

    [TearDown]
    public async Task Drop()
    {
        await since.DisposeAsync();
        await fixture.DisposeAsync();
    }

    [Test]
    public async Task It_is_named_and_the_key_is_retired_once_somebody_says_so()
    {
        await fixture.ExecuteAsync($"DROP TABLE {Old}");

        var listed = await since.KeyAsync();
        var refused = await since.RetireAsync();
        var retired = await since.RetireAsync(1, $"app.{Old}");
        var again = await since.KeyAsync();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                refused.InTheWay.Single(),
                Does.Contain($"1 failed rows of version 1 in table {Old} (database app)")
                    .And.Contain("the map does not name")
                    .And.EndWith($"--gone app.{Old}")
            );
            Assert.That(listed.InTheWay, Is.EqualTo(refused.InTheWay));
            Assert.That(retired.Retired, Is.True, string.Join("; ", retired.InTheWay));
            Assert.That(again.InTheWay, Is.Empty);
        }

        Assert.That(
            await fixture.ScalarAsync<string>(
                "SELECT details ->> 'goneTables' FROM rotationmesh.audit_events WHERE kind = 'KeyRetired'"
            ),
            Is.EqualTo($"[\"app.{Old}\"]")
        );
    }

    [TestCase("", $"table public.{Old} of database app exists")]
    [TestCase(
        $"CREATE SCHEMA attic; ALTER TABLE {Old} SET SCHEMA attic",
        $"table attic.{Old} of database app exists"
    )]
    public async Task A_table_that_is_there_is_not_gone(string statements, string why)
    {
        await fixture.ExecuteAsync(statements + ";");

        Assert.That(
            async () => await since.RetireAsync(1, $"app.{Old}"),
            Throws.InstanceOf<UsageException>().With.Message.Contains(why)
        );
        Assert.That(
            await fixture.ScalarAsync<long>("SELECT count(*) FROM rotationmesh.row_failures"),
            Is.EqualTo(1)
        );
    }

    [Test]
    public async Task A_table_of_the_map_is_not_gone()
    {
        Assert.That(
            async () => await fixture.RetireAsync(1, $"app.{Old}"),
            Throws.InstanceOf<UsageException>().With.Message.Contains($"the map names table {Old}")
        );
    }

    [Test]
    public async Task Where_its_scope_has_another_name_now_a_rotation_of_that_one_makes_them_good()
    {
        await using var renamed = fixture.Variant([
            Entries.Notes,
            Entries.Table(Old) with
            {
                Scope = "memoirs",
            },
        ]);
        await fixture.ExecuteAsync($"DELETE FROM {Old} WHERE id = 'bad'");

        var refused = await renamed.RetireAsync();
        Assert.That((await renamed.RotateAsync()).State, Is.EqualTo("Completed"));
        var retired = await renamed.RetireAsync();

        Assert.That(refused.InTheWay.Single(), Does.EndWith("rotate scope memoirs anew"));
        Assert.That(retired.Retired, Is.True, string.Join("; ", retired.InTheWay));
    }

    [Test]
    public async Task Who_says_so_only_after_the_retirement_is_believed_as_well()
    {
        await fixture.ExecuteAsync($"DELETE FROM {Old} WHERE id = 'bad'");
        await fixture.ExecuteAsync(
            """
            CREATE TABLE kept AS SELECT * FROM rotationmesh.row_failures;
            DELETE FROM rotationmesh.row_failures
            """
        );
        Assert.That((await fixture.RetireAsync()).Retired, Is.True);
        await fixture.ExecuteAsync(
            $"INSERT INTO rotationmesh.row_failures SELECT * FROM kept; DROP TABLE {Old}"
        );

        var needed = await since.KeyAsync();
        var confirmed = await since.RetireAsync(1, $"app.{Old}");
        var listed = await since.KeyAsync();

        Assert.That(needed.InTheWay, Has.Count.EqualTo(1));
        Assert.That(confirmed.Retired, Is.True, string.Join("; ", confirmed.InTheWay));
        Assert.That(listed.InTheWay, Is.Empty);
        Assert.That(
            await fixture.ScalarAsync<string>(
                "SELECT details ->> 'goneTables' FROM rotationmesh.audit_events WHERE kind = 'KeyRetired' ORDER BY sequence DESC LIMIT 1"
            ),
            Is.EqualTo($"[\"app.{Old}\"]")
        );
    }

    [Test]
    public async Task A_name_that_nothing_has_is_told()
    {
        Assert.That(
            async () => await since.RetireAsync(1, "app.noets"),
            Throws.InstanceOf<UsageException>().With.Message.Contains("--gone app.noets")
        );
    }

    [Test]
    public async Task A_table_that_is_called_otherwise_now_is_counted_by_that_name()
    {
        await using var renamed = fixture.Variant([Entries.Notes, Entries.Table("memos")]);
        await fixture.ExecuteAsync($"ALTER TABLE {Old} RENAME TO memos");

        var early = await renamed.RetireAsync(1, $"app.{Old}");
        await fixture.ExecuteAsync("DELETE FROM memos WHERE id = 'bad'");
        var retired = await renamed.RetireAsync(1, $"app.{Old}");

        Assert.That(early.InTheWay, Has.One.EqualTo("table memos (database app): 1 rows claim version 1"));
        Assert.That(retired.Retired, Is.True, string.Join("; ", retired.InTheWay));
    }
}
