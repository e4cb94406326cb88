using RotationMesh.IntegrationTests.Support;
using RotationMesh.Tables.Rows;

namespace RotationMesh.IntegrationTests.Tables;

/// <summary>Triggers that store something else than what was sent: an envelope must never stand under another version.</summary>
public sealed class AlteringTriggerTests
{
    private const string OfOne = "NEW.id = 'n00007'";

    [TestCase("NEW.version := OLD.version", Description = "the version is taken back")]
    [TestCase("NEW.version := 3")]
    [TestCase("NEW.body := OLD.body")]
    [TestCase("NEW.body := lower(NEW.body)")]
    [TestCase("NEW.body := NULL")]
    [TestCase("NEW.tenant := NULL", Description = "the keys are derived for another one")]
    [TestCase("NEW.tenant := 'tenant-99'")]
    public async Task A_row_that_is_changed_before_it_is_stored_stays_as_it_was(string change)
    {
        await using var fixture = await CreateAsync(
            $"BEFORE UPDATE ON notes FOR EACH ROW WHEN ({OfOne})",
            $"{change}; RETURN NEW;"
        );

        await AssertOnlyOneFailsAsync(fixture);
    }

    [Test]
    public async Task An_old_value_that_is_kept_in_another_declared_column_leaves_the_row_as_it_was()
    {
        await using var fixture = await Fixture.CreateAsync(
            Entries.Notes with
            {
                Columns = [Entries.Column("body"), Entries.Column("memo")],
            }
        );
        await fixture.CreateNotesAsync();
        await fixture.ExecuteAsync("ALTER TABLE notes ADD memo text");
        await FillAsync(
            fixture,
            $"BEFORE UPDATE ON notes FOR EACH ROW WHEN ({OfOne})",
            "NEW.memo := OLD.body; RETURN NEW;",
            before: "UPDATE notes SET memo = body WHERE id = 'n00003'"
        );

        await AssertOnlyOneFailsAsync(fixture);
        Assert.That(
            await fixture.ScalarAsync<bool>("SELECT memo IS NULL FROM notes WHERE id = 'n00007'"),
            Is.True
        );
    }

    [Test]
    public async Task A_collation_that_takes_another_text_for_the_same_changes_nothing_of_that()
    {
        await using var fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        await FillAsync(
            fixture,
            $"BEFORE UPDATE ON notes FOR EACH ROW WHEN ({OfOne})",
            "NEW.body := lower(NEW.body); RETURN NEW;",
            before: """
            CREATE COLLATION folded (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
            ALTER TABLE notes ALTER COLUMN body TYPE text COLLATE folded
            """
        );

        await AssertOnlyOneFailsAsync(fixture);
    }

    [TestCase("TRIGGER", "")]
    [TestCase("CONSTRAINT TRIGGER", "DEFERRABLE INITIALLY DEFERRED")]
    public async Task A_row_that_is_changed_after_it_was_stored_stays_as_it_was(string kind, string when)
    {
        await using var fixture = await CreateAsync(
            $"AFTER UPDATE ON notes {when} FOR EACH ROW WHEN ({OfOne} AND pg_trigger_depth() = 0)",
            "UPDATE notes SET version = 1 WHERE id = NEW.id; RETURN NULL;",
            kind
        );

        await AssertOnlyOneFailsAsync(fixture);
    }

    [TestCase("UPDATE notes SET body = NEW.body WHERE id = NEW.id", Description = "under the old version")]
    [TestCase(
        "INSERT INTO notes (id, tenant, body, version) VALUES ('copy', NEW.tenant, NEW.body, 1)",
        Description = "a history in the table itself"
    )]
    public async Task A_row_that_a_trigger_stores_in_its_place_stays_as_it_was(string statement)
    {
        await using var fixture = await CreateAsync(
            $"BEFORE UPDATE ON notes FOR EACH ROW WHEN ({OfOne} AND pg_trigger_depth() = 0)",
            $"{statement}; RETURN NULL;"
        );

        await AssertOnlyOneFailsAsync(fixture);
        Assert.That(
            await fixture.ScalarAsync<bool>("SELECT EXISTS (SELECT FROM notes WHERE id = 'copy')"),
            Is.False
        );
    }

    [Test]
    public async Task A_row_that_is_taken_away_after_it_was_stored_stays_as_it_was()
    {
        await using var fixture = await CreateAsync(
            $"AFTER UPDATE ON notes FOR EACH ROW WHEN ({OfOne})",
            "DELETE FROM notes WHERE id = NEW.id; RETURN NULL;"
        );

        await AssertOnlyOneFailsAsync(fixture);
    }

    [Test]
    public async Task Triggers_on_other_columns_are_let_be()
    {
        await using var fixture = await CreateAsync(
            "BEFORE UPDATE ON notes FOR EACH ROW",
            """NEW."updatedAt" := '2026-01-01'; RETURN NEW;"""
        );
        await fixture.ExecuteAsync(
            """
            CREATE FUNCTION retitle() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN UPDATE notes SET title = 'seen' WHERE id = NEW.id; RETURN NULL; END $$;
            CREATE TRIGGER retitle AFTER UPDATE ON notes FOR EACH ROW WHEN (pg_trigger_depth() = 0)
            EXECUTE FUNCTION retitle()
            """
        );

        var report = await fixture.RotateAsync(batchSize: 25);

        Assert.That((report.State, report.Tables[0].Rotated), Is.EqualTo(("Completed", 60)));
        await fixture.AssertRotatedAsync();
        Assert.That(
            await fixture.ScalarAsync<long>("SELECT count(*) FROM notes WHERE title = 'seen'"),
            Is.EqualTo(60)
        );
    }

    [Test]
    public async Task A_trigger_of_a_partitioned_table_is_known_of_its_leaves()
    {
        await using var fixture = await Fixture.CreateAsync();
        await fixture.ExecuteAsync(
            $"""
            CREATE TABLE notes ({NotesTable.Columns}) PARTITION BY HASH (id);
            CREATE TABLE notes_0 PARTITION OF notes FOR VALUES WITH (MODULUS 2, REMAINDER 0);
            CREATE TABLE notes_1 PARTITION OF notes FOR VALUES WITH (MODULUS 2, REMAINDER 1)
            """
        );
        await FillAsync(
            fixture,
            $"BEFORE UPDATE ON notes FOR EACH ROW WHEN ({OfOne})",
            "NEW.version := 1; RETURN NEW;"
        );

        await AssertOnlyOneFailsAsync(fixture);
    }

    [Test]
    public async Task Every_kind_of_column_is_compared_as_it_was_sent()
    {
        await using var fixture = await Fixture.CreateAsync(
            Entries.Notes with
            {
                Columns =
                [
                    Entries.Column("body"),
                    Entries.Column("raw"),
                    Entries.Column("settings", "a.token"),
                    Entries.Column("padded"),
                    Entries.Column("none") with
                    {
                        MostlyEmpty = true,
                    },
                ],
            }
        );
        await fixture.ExecuteAsync(
            $"CREATE TABLE notes ({NotesTable.Columns}, raw bytea, settings jsonb, padded char(300), none text)"
        );
        await FillAsync(
            fixture,
            "BEFORE UPDATE ON notes FOR EACH ROW",
            "RETURN NEW;",
            before: """
            UPDATE notes SET raw = decode(body, 'base64'), padded = body,
                settings = jsonb_build_object('a', jsonb_build_object('token', body, 'other', 1))
            """
        );

        var report = await fixture.RotateAsync();

        Assert.That((report.State, report.Tables[0].Rotated), Is.EqualTo(("Completed", 60)));
        await fixture.AssertRotatedAsync();
    }

    private static async Task<Fixture> CreateAsync(string when, string body, string kind = "TRIGGER")
    {
        var fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        await FillAsync(fixture, when, body, kind);
        return fixture;
    }

    private static async Task FillAsync(
        Fixture fixture,
        string when,
        string body,
        string kind = "TRIGGER",
        string before = "SELECT"
    )
    {
        await fixture.InsertAsync(Note.Many(60));
        await fixture.ExecuteAsync(
            $"""
            {before};
            CREATE FUNCTION alter_row() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$;
            CREATE {kind} alter_row {when} EXECUTE FUNCTION alter_row()
            """
        );
    }

    private static async Task AssertOnlyOneFailsAsync(Fixture fixture)
    {
        var before = (await fixture.NotesAsync()).Single(note => note.Id == "n00007");

        var report = await fixture.RotateAsync(batchSize: 25);

        Assert.That((report.Tables[0].Rotated, report.Tables[0].Failed), Is.EqualTo((59, 1)));
        Assert.That(
            report.Failures.Select(failure => (failure.Error, failure.Key.Single().Value)),
            Is.EqualTo(new[] { (RowError.DatabaseError, "n00007") })
        );
        Assert.That((await fixture.NotesAsync()).Single(note => note.Version != 2), Is.EqualTo(before));
    }
}
