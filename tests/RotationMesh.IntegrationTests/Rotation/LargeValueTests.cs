using RotationMesh.Core.Map;
using RotationMesh.IntegrationTests.Support;
using RotationMesh.TestKit;

namespace RotationMesh.IntegrationTests.Rotation;

/// <summary>Values too large to come with their rows.</summary>
public sealed class LargeValueTests
{
    [Test]
    public async Task They_are_rotated_in_columns_of_every_kind_beside_small_and_missing_ones()
    {
        await using var fixture = await LargeNotes.CreateAsync();
        await LargeNotes.InsertAsync(fixture, 1, LargeNotes.Text, null, null);
        await LargeNotes.InsertAsync(fixture, 2, "small", LargeNotes.Text, null);
        await LargeNotes.InsertAsync(fixture, 3, "small", null, LargeNotes.Text);
        await LargeNotes.InsertAsync(fixture, 4, LargeNotes.Text, LargeNotes.Text, LargeNotes.Text);
        for (var id = 5; id < 25; id++)
            await LargeNotes.InsertAsync(fixture, id, $"small {id}", null, null);

        var dry = await fixture.RotateAsync(dryRun: true);
        var report = await fixture.RotateAsync();

        Assert.That(dry.Tables.Single().Rotated, Is.EqualTo(24));
        Assert.That(report.State, Is.EqualTo("Completed"));
        Assert.That(report.Tables.Single().Rotated, Is.EqualTo(24));
        foreach (var (id, body, raw, key) in Rows)
        {
            Assert.That(await LargeNotes.OpenAsync(fixture, "body", id), Is.EqualTo(body));
            Assert.That(await LargeNotes.OpenRawAsync(fixture, id), Is.EqualTo(raw));
            Assert.That(await LargeNotes.OpenAsync(fixture, "settings->>'key'", id), Is.EqualTo(key));
        }

        var verified = (await fixture.VerifyAsync()).Tables.Single();
        Assert.That((verified.Rows, verified.Failed), Is.EqualTo((24, 0)));
    }

    private static IEnumerable<(int, string, string?, string?)> Rows =>
        [
            (1, LargeNotes.Text, null, null),
            (2, "small", LargeNotes.Text, null),
            (3, "small", null, LargeNotes.Text),
            (4, LargeNotes.Text, LargeNotes.Text, LargeNotes.Text),
        ];

    [Test]
    public async Task More_than_are_set_aside_at_once_are_all_rotated_and_verified()
    {
        const int Rows = 75; // more than twice as many
        var value = LargeNotes.Text[..1_200_000];
        await using var fixture = await LargeNotes.CreateAsync();
        for (var id = 1; id <= Rows; id++)
            await LargeNotes.InsertAsync(fixture, id, value, null, null);

        var report = await fixture.RotateAsync();

        Assert.That((report.State, report.Tables.Single().Rotated), Is.EqualTo(("Completed", (long)Rows)));
        var verified = (await fixture.VerifyAsync()).Tables.Single();
        Assert.That((verified.Rows, verified.Failed), Is.EqualTo(((long)Rows, 0L)));
        Assert.That(await LargeNotes.OpenAsync(fixture, "body", Rows), Is.EqualTo(value));
    }

    [Test]
    public async Task One_that_the_application_writes_meanwhile_keeps_what_it_wrote()
    {
        await using var fixture = await LargeNotes.CreateAsync();
        await LargeNotes.InsertAsync(fixture, 1, LargeNotes.Text, null, null);
        for (var id = 2; id < 202; id++)
            await LargeNotes.InsertAsync(fixture, id, $"small {id}", null, null);
        await LargeNotes.InsertAsync(fixture, 202, "written meanwhile", null, null);
        await fixture.ExecuteAsync(
            """
            CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.1); RETURN NULL; END';
            CREATE TRIGGER slow BEFORE UPDATE ON notes FOR EACH STATEMENT EXECUTE FUNCTION slow();
            CREATE TABLE kept AS SELECT body FROM notes WHERE id = 202
            """
        );

        var rotation = fixture.RotateAsync(batchSize: 10);
        await Eventually.Holds(
            async () => await fixture.ScalarAsync<long>("SELECT count(*) FROM notes WHERE version = 2") > 0,
            TimeSpan.FromMinutes(1),
            "its small rows are rotated, and the large one is set aside"
        );
        await fixture.ExecuteAsync(
            "UPDATE notes SET body = kept.body FROM kept WHERE id = 1 AND version = 1"
        );
        var report = await rotation;

        Assert.That(report.State, Is.EqualTo("Completed"));
        Assert.That(await LargeNotes.OpenAsync(fixture, "body", 1), Is.EqualTo("written meanwhile"));
    }

    [Test]
    public async Task They_are_rotated_tenant_by_tenant_where_policies_ask_for_it()
    {
        await using var fixture = await LargeNotes.CreateAsync();
        await LargeNotes.InsertAsync(fixture, 1, LargeNotes.Text, LargeNotes.Text, null);
        await using var role = await TestRole.CreateAsync(fixture);
        await role.GrantAsync("SELECT, UPDATE", "notes");
        await fixture.ExecuteAsync(
            """
            ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
            CREATE POLICY one ON notes USING (tenant = current_setting('app.tenant', true))
            """
        );
        await using var subject = fixture.Variant(
            [
                LargeNotes.Entry with
                {
                    RowLevelSecurity = new RowLevelSecurity("app.tenant", "SELECT 'acme'"),
                },
            ],
            user: role.Name
        );

        Assert.That((await subject.RotateAsync()).State, Is.EqualTo("Completed"));
        Assert.That(await LargeNotes.OpenAsync(fixture, "body", 1), Is.EqualTo(LargeNotes.Text));
    }
}
