using RotationMesh.IntegrationTests.Support;
using RotationMesh.TestKit;

namespace RotationMesh.IntegrationTests.Schema;

/// <summary>Tables of a publication that the server lets nobody update, for subscribers could not tell which row it was.</summary>
public sealed class PublishedTableTests
{
    private const string NoIdentity = """
        ALTER TABLE notes DROP CONSTRAINT notes_pkey; CREATE UNIQUE INDEX notes_id ON notes (id);
        ALTER TABLE notes ALTER id SET NOT NULL
        """;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [TestCase(NoIdentity, "FOR TABLE notes", "does not have a replica identity")]
    [TestCase(NoIdentity, "FOR ALL TABLES", "does not have a replica identity")]
    [TestCase("", "FOR TABLE notes WHERE (title <> '')", "filters its rows or chooses its columns")]
    [TestCase("", "FOR TABLE notes (body)", "filters its rows or chooses its columns")]
    public async Task One_that_cannot_be_updated_is_named_with_the_statement_that_mends_it(
        string change,
        string published,
        string why
    )
    {
        await using var fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync(Note.Many(5));
        if (published.Contains('(', StringComparison.Ordinal) && await VersionAsync(fixture) < 150_000)
            Assert.Ignore("publications choose rows and columns since PostgreSQL 15");
        await fixture.ExecuteAsync($"{change}; CREATE PUBLICATION theirs {published}");

        var fault = Assert.ThrowsAsync<Core.UsageException>(() => fixture.RotateAsync());

        Assert.That(
            fault.Message,
            Does.Contain(why).And.Contain("ALTER TABLE \"public\".\"notes\" REPLICA IDENTITY FULL")
        );
        await fixture.ExecuteAsync("ALTER TABLE notes REPLICA IDENTITY FULL");
        if (published.Contains("(body)", StringComparison.Ordinal))
            return; // with a full identity every column must be published
        Assert.That((await fixture.RotateAsync()).State, Is.EqualTo("Completed"));
    }

    [Test]
    public async Task One_that_is_published_in_mid_run_is_named_with_the_statement_that_mends_it()
    {
        await using var fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync(Note.Many(300));
        await fixture.ExecuteAsync(
            $"""
            {NoIdentity};
            CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.02); RETURN NEW; END $$;
            CREATE TRIGGER slow BEFORE UPDATE ON notes FOR EACH ROW EXECUTE FUNCTION slow()
            """
        );

        var rotation = fixture.RotateAsync(batchSize: 5);
        await Eventually.Holds(
            async () => await fixture.ScalarAsync<long>("SELECT count(*) FROM notes WHERE version = 2") > 0,
            Deadline,
            "rows are being rotated"
        );
        await fixture.ExecuteAsync("CREATE PUBLICATION theirs FOR TABLE notes");
        await Eventually.Holds(
            async () =>
                await fixture.ScalarAsync<bool>(
                    "SELECT EXISTS (SELECT FROM rotationmesh.refusals WHERE reason LIKE '%replica identity%ALTER TABLE%')"
                ),
            Deadline,
            "the worker says what is wrong, and what mends it"
        );
        await fixture.ExecuteAsync("ALTER TABLE notes REPLICA IDENTITY FULL; DROP TRIGGER slow ON notes");

        Assert.That((await rotation).State, Is.EqualTo("Completed"));
        await fixture.AssertRotatedAsync();
    }

    private static async Task<int> VersionAsync(Fixture fixture) =>
        int.Parse(
            await fixture.ScalarAsync<string>("SHOW server_version_num"),
            System.Globalization.CultureInfo.InvariantCulture
        );
}
