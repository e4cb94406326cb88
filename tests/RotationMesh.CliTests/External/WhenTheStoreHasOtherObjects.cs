using RotationMesh.TestKit.S3;

namespace RotationMesh.CliTests.External;

/// <summary>The end of a rotation looks at objects for itself: whatever was said of them, rows may have others.</summary>
public sealed class WhenTheStoreHasOtherObjects
{
    private StoreSite store = null!;
    private S3Relay relay = null!;

    private Site Site => store.Site;

    [SetUp]
    public async Task Load()
    {
        store = await StoreSite.LoadAsync();
        relay = await S3Relay.StartAsync(store.Bucket.Server);
        Site.Map = Site.Map.Replace(store.Bucket.Server.Url, relay.Url, StringComparison.Ordinal);
    }

    [TearDown]
    public async Task Drop()
    {
        await relay.DisposeAsync();
        await store.DisposeAsync();
    }

    [Test]
    public async Task Rows_whose_objects_were_written_elsewhere_are_not_completed()
    {
        // As where a worker has another store by the same address: the rows' own objects stay as they are.
        var etags = await Task.WhenAll(
            store.Rows.Select(async row => (await store.Bucket.GetAsync(row.Key)).ETag.Trim('"'))
        );
        relay.Instead = asked =>
            Task.FromResult(
                asked.Method == "PUT" && etags.Contains(asked.IfMatch?.Trim('"'))
                    ? new S3Answer(200, ETag: "\"written-elsewhere\"")
                    : null
            );

        var run = (await Site.RunAsync("--output", "json", "rotate", "--verify", "counts")).Exits(3).Json();

        Assert.That(await store.OpenedAsync(2), Is.Zero);
        Assert.That(
            (string)run["reason"]!,
            Does.Contain("that the coordinator sampled do not decrypt")
                .And.Contain($"{store.Rows.Count} of them in bucket {store.Bucket.Name} at {relay.Url}")
        );
    }

    [Test]
    public async Task A_table_whose_values_are_all_in_the_store_completes()
    {
        await Site.Database.ExecuteAsync(
            "DELETE FROM knowledge_entries WHERE content <> '__external_storage__'"
        );

        (await Site.RunAsync("rotate")).Exits(0);

        Assert.That(await store.OpenedAsync(2), Is.EqualTo(store.Rows.Count));
        (await Site.RunAsync("keys", "retire", "1")).Exits(0);
    }

    [Test]
    public async Task A_few_values_in_the_table_are_sampled_beside_thousands_of_rows_of_the_store()
    {
        await Site.Database.ExecuteAsync(
            $"""
            DELETE FROM knowledge_entries WHERE content <> '__external_storage__' AND id NOT IN
                (SELECT id FROM knowledge_entries WHERE content <> '__external_storage__' ORDER BY id LIMIT 1);
            INSERT INTO knowledge_entries (id, "tenantId", source, content, "updatedAt", storage_key)
            SELECT 'copy' || n, "tenantId", source, content, "updatedAt", storage_key
            FROM knowledge_entries, generate_series(1, 500) AS n WHERE id = '{store.Rows[0].Id}';
            """
        );

        (await Site.RunAsync("rotate")).Exits(0);
    }
}
