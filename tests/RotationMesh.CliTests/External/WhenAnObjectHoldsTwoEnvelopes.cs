namespace RotationMesh.CliTests.External;

/// <summary>The field of an object holds an envelope and, after its padding, another one, which a rewrite would destroy.</summary>
public sealed class WhenAnObjectHoldsTwoEnvelopes
{
    private StoreSite store = null!;

    [SetUp]
    public async Task Load() => store = await StoreSite.LoadAsync(external: 6);

    [TearDown]
    public async Task Drop() => await store.DisposeAsync();

    [TestCase(1)]
    [TestCase(2)] // an object that is there already
    public async Task Its_row_fails_the_object_stays_as_it_is_and_the_old_key_in_service(int version)
    {
        var row = store.Rows[0];
        var two = $"{Sealed(row, version)},{Sealed(row, 1)}";
        var tag = await store.Bucket.PutAsync(row.Key, $$"""{ "encrypted": "{{two}}" }""");

        var run = (await store.Site.RunAsync("--output", "json", "rotate")).Exits(3).Json();

        var failure = run["failures"]!.AsArray().Single()!;
        Assert.That(
            $"{failure["key"]!["id"]} {failure["error"]}: {failure["cause"]}",
            Does.StartWith($"{row.Id} MalformedEnvelope: ").And.Contains("another envelope")
        );
        Assert.That((await store.Bucket.GetAsync(row.Key)).ETag, Is.EqualTo(tag));
        Assert.That(await store.AtVersionAsync(2), Is.EqualTo(store.Rows.Count - 1));
        (await store.Site.RunAsync("keys", "retire", "1")).Exits(4);
        Assert.That(
            (await store.Site.RunAsync("report")).Exits(0).Output,
            Does.Contain("cut the value off after its padding")
        );
    }

    [Test]
    public async Task Verification_finds_one_that_came_after_the_rotation()
    {
        (await store.Site.RunAsync("rotate")).Exits(0);
        var row = store.Rows[0];
        await store.Bucket.PutAsync(
            row.Key,
            $$"""{ "encrypted": "{{Sealed(row, 2)}},{{Sealed(row, 1)}}" }"""
        );

        var verified = (await store.Site.RunAsync("--output", "json", "verify")).Exits(3).Json();

        Assert.That(
            verified["failures"]!.AsArray().Select(failure => $"{failure!["key"]!["id"]} {failure["error"]}"),
            Is.EqualTo([$"{row.Id} MalformedEnvelope"])
        );
        (await store.Site.RunAsync("keys", "retire", "1")).Exits(4);
    }

    // Its base64 ends in padding.
    private static string Sealed(ExternalRow row, int version) =>
        Envelope.Seal(version, row.Tenant, "knowledge_entry", "text");
}
