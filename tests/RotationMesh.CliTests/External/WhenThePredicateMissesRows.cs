namespace RotationMesh.CliTests.External;

/// <summary>
/// Rows that name an object and hold nothing in the column, and that the map's predicate does not call external: their
/// values are in the bucket under the old key, and nobody would rotate them.
/// </summary>
public sealed class WhenThePredicateMissesRows
{
    private const string Named =
        "2 rows name an object of the store, hold no value in column \"content\", and are not external";

    private StoreSite store = null!;

    private Site Site => store.Site;

    [SetUp]
    public async Task Load()
    {
        store = await StoreSite.LoadAsync(external: 6);
        await Site.Database.ExecuteAsync("ALTER TABLE knowledge_entries ALTER content DROP NOT NULL");
    }

    [TearDown]
    public async Task Drop() => await store.DisposeAsync();

    [Test]
    public async Task No_rotation_begins_and_the_doctor_says_why()
    {
        await EmptyAsync();

        Assert.That((await Site.RunAsync("rotate")).Exits(2).ToString(), Does.Contain(Named));
        Assert.That((await Site.RunAsync("rotate", "--dry-run")).Exits(2).ToString(), Does.Contain(Named));

        Assert.That((await Site.RunAsync("doctor")).Exits(2).Output, Does.Contain(Named));
        Assert.That(
            await Site.Database.ScalarAsync<long>(
                "SELECT count(*) FROM knowledge_entries WHERE encryption_key_version <> 1"
            ),
            Is.Zero
        );
        Site.Map = Site.Map.Replace(
            "\"content = '__external_storage__'\"",
            "\"storage_key IS NOT NULL\"",
            StringComparison.Ordinal
        );
        (await Site.RunAsync("rotate")).Exits(0);
        Assert.That(await store.OpenedAsync(2), Is.EqualTo(store.Rows.Count));
    }

    [Test]
    public async Task After_a_rotation_they_keep_every_version_in_service_and_verification_tells()
    {
        (await Site.RunAsync("rotate")).Exits(0);
        await EmptyAsync();

        Assert.That((await Site.RunAsync("keys", "retire", "1")).Exits(4).Output, Does.Contain(Named));
        Assert.That(
            (await Site.RunAsync("keys")).Exits(0).Output,
            Does.Contain("Version 1 is not safe to retire").And.Contain(Named)
        );
        var verified = (await Site.RunAsync("--output", "json", "verify")).Exits(3).Json();
        Assert.That((bool)verified["ok"]!, Is.False);
        Assert.That(string.Join("; ", verified["notes"]!.AsArray()), Does.Contain(Named));
        Assert.That((await Site.RunAsync("verify")).Exits(3).ToString(), Does.Contain(Named));
    }

    [Test]
    public async Task Those_that_came_while_a_rotation_ran_keep_it_from_being_complete()
    {
        // Rows of the other table are written first: so the emptied rows are there for the census and not for the check.
        await Site.Database.ExecuteAsync(
            $"""
            CREATE FUNCTION empties() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              UPDATE knowledge_entries SET content = CASE WHEN id = '{store.Rows[0].Id}' THEN '' END
              WHERE id IN ('{store.Rows[0].Id}', '{store.Rows[1].Id}') AND content = '__external_storage__';
              RETURN NULL;
            END $$;
            CREATE TRIGGER empties AFTER UPDATE ON connectors FOR EACH STATEMENT EXECUTE FUNCTION empties();
            """
        );

        var run = (await Site.RunAsync("--output", "json", "rotate")).Exits(3).Json();

        Assert.That((string)run["reason"]!, Does.Contain(Named));
    }

    [Test]
    public async Task Rows_that_name_no_object_are_empty_as_ever()
    {
        await EmptyAsync();
        await Site.Database.ExecuteAsync(
            $"""
            UPDATE knowledge_entries SET storage_key = CASE WHEN id = '{store.Rows[0].Id}' THEN '' END
            WHERE id IN ('{store.Rows[0].Id}', '{store.Rows[1].Id}')
            """
        );

        (await Site.RunAsync("rotate")).Exits(0);

        (await Site.RunAsync("verify")).Exits(0);
        (await Site.RunAsync("keys", "retire", "1")).Exits(0);
    }

    // For one the predicate is false, for the other neither true nor false.
    private Task<int> EmptyAsync() =>
        Site.Database.ExecuteAsync(
            $"""
            UPDATE knowledge_entries SET content = CASE WHEN id = '{store.Rows[0].Id}' THEN '' END
            WHERE id IN ('{store.Rows[0].Id}', '{store.Rows[1].Id}')
            """
        );
}
