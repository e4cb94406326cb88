using RotationMesh.IntegrationTests.Support;
using RotationMesh.Tables.Rows;

namespace RotationMesh.IntegrationTests.Tables;

public sealed class RefusedRowTests
{
    private const string Trigger = """
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NEW.id = 'n00007' THEN RAISE EXCEPTION 'not this one' CODE; END IF;
            RETURN NEW;
        END $$;
        CREATE TRIGGER refuse BEFORE UPDATE ON notes FOR EACH ROW EXECUTE FUNCTION refuse()
        """;

    [TestCase("", Description = "P0001")]
    [TestCase("USING ERRCODE = 'unique_violation'")]
    [TestCase("USING ERRCODE = 'ZX001'", Description = "a code of the application's own")]
    [TestCase("USING ERRCODE = 'insufficient_privilege'")]
    [TestCase("USING ERRCODE = 'program_limit_exceeded'")]
    [TestCase("USING ERRCODE = 'feature_not_supported'")]
    [TestCase("USING ERRCODE = 'internal_error'")]
    [TestCase("USING ERRCODE = 'data_corrupted'")]
    [TestCase("USING ERRCODE = 'serialization_failure'")]
    [TestCase("USING ERRCODE = 'query_canceled'")]
    [TestCase("USING ERRCODE = 'too_many_connections'")]
    public async Task A_row_that_a_trigger_refuses_stays_and_all_others_are_rotated(string code)
    {
        await using var fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync(Note.Many(60));
        await fixture.ExecuteAsync(Trigger.Replace("CODE", code, StringComparison.Ordinal));

        var report = await fixture.RotateAsync(batchSize: 25);

        await AssertOnlyFailureAsync(fixture, report);
    }

    [Test]
    public async Task A_row_that_a_check_constraint_refuses_stays_and_all_others_are_rotated()
    {
        await using var fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync(Note.Many(60));
        await fixture.ExecuteAsync("ALTER TABLE notes ADD CHECK (version = 1 OR id <> 'n00007')");

        var report = await fixture.RotateAsync();

        await AssertOnlyFailureAsync(fixture, report);
    }

    [Test]
    public async Task A_row_that_a_trigger_swallows_fails_at_once()
    {
        await using var fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync(Note.Many(10));
        await fixture.ExecuteAsync(
            """
            CREATE TABLE tries (id text);
            CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN INSERT INTO tries VALUES (NEW.id); RETURN NULL; END $$;
            CREATE TRIGGER swallow BEFORE UPDATE ON notes FOR EACH ROW WHEN (NEW.id = 'n00007')
            EXECUTE FUNCTION swallow()
            """
        );

        var report = await fixture.RotateAsync();

        Assert.That((report.Tables[0].Rotated, report.Tables[0].Failed), Is.EqualTo((9, 1)));
        Assert.That(await fixture.ScalarAsync<long>("SELECT count(*) FROM tries"), Is.LessThanOrEqualTo(2));
    }

    private static async Task AssertOnlyFailureAsync(Fixture fixture, LocalOperations.RotationReport report)
    {
        Assert.That((report.Tables[0].Rotated, report.Tables[0].Failed), Is.EqualTo((59, 1)));
        var failure = report.Failures.Single();
        Assert.That(
            (failure.Error, failure.Key.Single().Value, failure.Tenant, failure.Version),
            Is.EqualTo((RowError.DatabaseError, "n00007", "tenant-1", 1L))
        );
        var left = (await fixture.NotesAsync()).Single(note => note.Version == 1);
        Assert.That(Value.Open(left.Body!, "tenant-1", 1), Is.EqualTo("body of n00007"));
    }
}
