using RotationMesh.IntegrationTests.Concurrency;
using RotationMesh.IntegrationTests.Support;

namespace RotationMesh.IntegrationTests.Tables;

/// <summary>Why the database refused a row: by code and names, never by what the row holds.</summary>
public sealed class RefusalCauseTests
{
    /// <summary>What stands in the title of every row, and must be in no cause.</summary>
    private const string Secret = "hush-hush";

    private static IEnumerable<TestCaseData> Refusals()
    {
        yield return Case(
            "A_check_that_is_not_valid",
            "ALTER TABLE notes ADD CONSTRAINT title_is_short CHECK (length(title) < 3) NOT VALID",
            "SQLSTATE 23514, constraint title_is_short"
        );
        yield return Case(
            "An_exclusion_constraint_that_is_deferred",
            """
            ALTER TABLE notes ADD CONSTRAINT one_at_a_time EXCLUDE USING gist ((int4range(version, version + 1)) WITH &&)
                WHERE (version = 2) DEFERRABLE INITIALLY DEFERRED
            """,
            "SQLSTATE 23P01, constraint one_at_a_time",
            rows: 3
        );
        yield return Case(
            "A_unique_index",
            "CREATE UNIQUE INDEX one_of_a_version ON notes (version) WHERE version = 2",
            "SQLSTATE 23505, index one_of_a_version",
            rows: 3
        );
        yield return Case(
            "A_domain_of_the_column",
            """
            CREATE DOMAIN number AS int CONSTRAINT is_one CHECK (VALUE = 1);
            ALTER TABLE notes ALTER version DROP DEFAULT, ALTER version TYPE number
            """,
            "SQLSTATE 23514, constraint is_one"
        );
        yield return Case(
            "An_index_row_that_is_too_large",
            """
            CREATE FUNCTION wide(text) RETURNS text IMMUTABLE LANGUAGE sql AS
                'SELECT string_agg(md5($1 || i), '''') FROM generate_series(1, 200) AS i';
            CREATE INDEX by_body ON notes ((wide(body))) WHERE version = 2
            """,
            "SQLSTATE 54000, index by_body"
        );
        yield return Case(
            "A_trigger_that_keeps_rows_as_they_are",
            """
            CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                RAISE EXCEPTION 'rows are append-only, and this one says %', NEW.title; END $$;
            CREATE TRIGGER append_only BEFORE UPDATE ON notes FOR EACH ROW EXECUTE FUNCTION keep()
            """,
            "SQLSTATE P0001, trigger append_only (function keep())"
        );
        yield return Case(
            "A_constraint_trigger_that_waits_for_the_commit",
            """
            CREATE FUNCTION balance() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                RAISE EXCEPTION 'no' USING ERRCODE = '23514', CONSTRAINT = NEW.title; END $$;
            CREATE CONSTRAINT TRIGGER balanced AFTER UPDATE ON notes DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION balance()
            """,
            "SQLSTATE 23514, trigger balanced (function balance())"
        );
        yield return Case(
            "A_notification_that_is_too_long",
            """
            CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                EXECUTE format('SELECT pg_notify(''changes'', repeat(%L, 1000))', NEW.title); RETURN NULL; END $$;
            CREATE TRIGGER tells AFTER UPDATE ON notes FOR EACH ROW EXECUTE FUNCTION tell()
            """,
            "SQLSTATE 22023, trigger tells (function tell())"
        );
        yield return Case(
            "A_function_that_a_trigger_calls",
            """
            CREATE SCHEMA rules;
            CREATE FUNCTION rules."Judge"(title text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN
                RAISE EXCEPTION '% is not allowed', title USING ERRCODE = 'ZX001'; END $$;
            CREATE FUNCTION ask() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                PERFORM rules."Judge"(NEW.title); RETURN NEW; END $$;
            CREATE TRIGGER asks BEFORE UPDATE ON notes FOR EACH ROW EXECUTE FUNCTION ask()
            """,
            "SQLSTATE ZX001, trigger asks (function ask()), function rules.\"Judge\"(text)"
        );
        yield return Case(
            "A_trigger_that_swallows_the_update",
            """
            CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
            CREATE TRIGGER swallows BEFORE UPDATE ON notes FOR EACH ROW EXECUTE FUNCTION swallow()
            """,
            "a trigger or a policy passes it over (its triggers: swallows (function swallow()))"
        );
        yield return Case(
            "A_trigger_that_keeps_the_version",
            """
            CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.version := OLD.version; RETURN NEW; END $$;
            CREATE TRIGGER holds BEFORE UPDATE ON notes FOR EACH ROW EXECUTE FUNCTION hold()
            """,
            "a trigger changes what is written (its triggers: holds (function hold()))"
        );
    }

    [TestCaseSource(nameof(Refusals))]
    public async Task Is_told_by_code_and_names(string change, string cause, int rows, int failed)
    {
        await using var fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync(Note.Many(rows));
        await fixture.ExecuteAsync($"UPDATE notes SET title = '{Secret}'");
        await fixture.ExecuteAsync(change);

        var pass = await fixture.PassAsync();

        Assert.That(pass.Failures.Select(failure => failure.Cause), Is.All.EqualTo(cause));
        Assert.That(pass.Failures, Has.Count.EqualTo(failed));
        Assert.That(pass.Outcome.Counts.Rotated, Is.EqualTo(rows - failed));
    }

    [Test]
    public async Task Is_kept_with_the_failure_and_counted_by()
    {
        await using var fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync(Note.Many(5));
        await fixture.ExecuteAsync(
            "ALTER TABLE notes ADD CONSTRAINT not_these CHECK (version = 1 OR id > 'n00002')"
        );

        var report = await fixture.RotateAsync();

        const string Cause = "SQLSTATE 23514, constraint not_these";
        Assert.That(report.Failures.Select(failure => failure.Cause), Is.EqualTo([Cause, Cause]));
        var store = new RotationMesh.Control.Failures.RowFailureStore(fixture.Control);
        var count = (await store.CountAsync(report.RotationId, CancellationToken.None)).Single();
        Assert.That((count.Error, count.Cause, count.Rows), Is.EqualTo(("DatabaseError", Cause, 2L)));
    }

    private static TestCaseData Case(string name, string change, string cause, int rows = 1) =>
        new TestCaseData(change, cause, rows, Math.Max(1, rows - 1)).SetName(name);
}
