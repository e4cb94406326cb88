using RotationMesh.IntegrationTests.Support;

namespace RotationMesh.IntegrationTests.Tables;

public sealed class OddNameTests
{
    [Test]
    public async Task Quotes_dots_spaces_and_capitals_in_names_are_names()
    {
        var entry = Entries.Table(
            """
            "Odd.Schema "" 1"."My; ""Table"".t"
            """
        ) with
        {
            Key = Entries.Names("ID \" x", "select"),
            Tenant = new("tenantId"),
            Version = new("key.version"),
            Columns = [Entries.Column("Body\"$1"), Entries.Column("user")],
        };
        await using var fixture = await Fixture.CreateAsync(entry);
        await fixture.ExecuteAsync(
            """
            CREATE SCHEMA "Odd.Schema "" 1";
            CREATE TABLE "Odd.Schema "" 1"."My; ""Table"".t" (
                "ID "" x" text, "select" int, "tenantId" text, "key.version" int, "Body""$1" text, "user" text,
                PRIMARY KEY ("ID "" x", "select"));
            INSERT INTO "Odd.Schema "" 1"."My; ""Table"".t" VALUES ('a', 1, 'acme', 1, @body, @body)
            """,
            new { body = Value.Seal("plain", "acme") }
        );

        var report = await fixture.RotateAsync();

        Assert.That(report.State, Is.EqualTo("Completed"));
        Assert.That(report.Verified, Is.EqualTo(1));
        Assert.That(
            Value.Open(
                await fixture.ScalarAsync<string>(
                    """
                    SELECT "user" FROM "Odd.Schema "" 1"."My; ""Table"".t" WHERE "key.version" = 2
                    """
                ),
                "acme",
                2
            ),
            Is.EqualTo("plain")
        );
    }

    [Test]
    public async Task Tables_of_the_same_name_in_two_schemas_are_two_tables()
    {
        await using var fixture = await Fixture.CreateAsync(
            Entries.Table("notes"),
            Entries.Table("other.notes") with
            {
                Scope = "others",
            }
        );
        await fixture.ExecuteAsync("CREATE SCHEMA other");
        await fixture.CreateNotesAsync();
        await fixture.CreateNotesAsync("other.notes");
        await fixture.InsertAsync(Note.Many(5));
        await fixture.InsertAsync(Note.Many(8), "other.notes");

        var report = await fixture.RotateAsync();

        Assert.That(report.Tables.Select(table => table.Rotated), Is.EqualTo(new[] { 5, 8 }));
    }

    [Test]
    public async Task A_table_of_the_control_schema_is_not_taken_for_the_application_s()
    {
        await using var fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync(Note.Many(10));
        await fixture.ExecuteAsync(
            """
            CREATE SCHEMA rotationmesh;
            CREATE TABLE rotationmesh.notes (LIKE public.notes INCLUDING ALL);
            DO $$ BEGIN
                EXECUTE format('ALTER DATABASE %I SET search_path = rotationmesh, public', current_database());
            END $$
            """
        );
        await using var later = fixture.Variant();

        var report = await later.RotateAsync();

        Assert.That((report.State, report.Tables[0].Rotated), Is.EqualTo(("Completed", 10)));
        Assert.That(
            await fixture.ScalarAsync<long>("SELECT count(*) FROM public.notes WHERE version = 2"),
            Is.EqualTo(10)
        );
    }
}
