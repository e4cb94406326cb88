using RotationMesh.Core.External;
using RotationMesh.TestKit.S3;

namespace RotationMesh.CliTests.External;

/// <summary>A server that writes whatever If-Match says would lose what the application wrote since an object was read.</summary>
public sealed class WhenTheStoreIgnoresIfMatch
{
    private const string Key = "folder/object.json";
    private const string Theirs = """{"encrypted":"the application's"}""";

    private RelayedBucket store = null!;

    [SetUp]
    public async Task Create()
    {
        store = await RelayedBucket.CreateAsync();
        await store.Bucket.PutAsync(Key, """{"encrypted":"first"}""");
    }

    [TearDown]
    public async Task Drop() => await store.DisposeAsync();

    [Test]
    public async Task Nothing_is_written_to_it_and_nothing_stays_behind()
    {
        store.Relay.Instead = asked => IgnoreAsync(store.Bucket, asked);
        var read = await store.ReadAsync(Key);
        await store.Bucket.PutAsync(Key, Theirs);

        var refusal = await RelayedBucket.RefusalAsync(read);

        Assert.That(refusal.Fault, Is.EqualTo(ExternalFault.Refused));
        Assert.That(refusal.Message, Does.Contain("If-Match").And.Not.Contain("object.json"));
        Assert.That((await store.Bucket.GetAsync(Key)).Body, Is.EqualTo(Theirs));
        Assert.That(await store.Bucket.KeysAsync(), Is.EqualTo([Key]));
        Assert.ThrowsAsync<ExternalStoreException>(() => read.EnsureReplaceableAsync(CancellationToken.None));
    }

    [Test]
    public async Task One_that_minds_only_whether_there_is_an_object_is_refused_too()
    {
        store.Relay.Instead = asked =>
            asked.Key == Key ? IgnoreAsync(store.Bucket, asked) : Task.FromResult<S3Answer?>(null);

        Assert.That(
            (await RelayedBucket.RefusalAsync(await store.ReadAsync(Key))).Message,
            Does.Contain("If-Match")
        );
        Assert.That((await store.Bucket.GetAsync(Key)).Body, Is.EqualTo("""{"encrypted":"first"}"""));
    }

    [Test]
    public async Task A_role_that_may_write_the_objects_alone_does_without_another()
    {
        store.Relay.Instead = asked =>
            Task.FromResult<S3Answer?>(
                asked is { Method: "PUT" } && asked.Key != Key ? new S3Answer(403, "AccessDenied") : null
            );

        Assert.That(await RelayedBucket.ReplaceAsync(await store.ReadAsync(Key)));
        Assert.That((await store.Bucket.GetAsync(Key)).Body, Is.EqualTo("""{"encrypted":"ours"}"""));
    }

    [Test]
    public async Task A_right_one_is_asked_once_however_many_objects_are_written()
    {
        var asked = 0;
        store.Relay.Instead = request =>
        {
            if (request.Key.Contains("rotationmesh-if-match", StringComparison.Ordinal))
                Interlocked.Increment(ref asked);
            return Task.FromResult<S3Answer?>(null);
        };
        var keys = Enumerable.Range(0, 8).Select(i => $"other/{i}").ToList();
        foreach (var key in keys)
            await store.Bucket.PutAsync(key, """{"encrypted":"first"}""");
        var read = await Task.WhenAll(keys.Select(store.ReadAsync));

        Assert.That(await Task.WhenAll(read.Select(RelayedBucket.ReplaceAsync)), Is.All.True);

        Assert.That(asked, Is.EqualTo(2)); // by both ways to write an ETag
        Assert.That(await store.Bucket.KeysAsync(), Is.EquivalentTo(keys.Append(Key)));
    }

    [Test]
    public async Task The_doctor_tells_and_a_rotation_writes_neither_objects_nor_their_rows()
    {
        await using var site = await StoreSite.LoadAsync(external: 6);
        await using var relay = await S3Relay.StartAsync(site.Bucket.Server);
        relay.Instead = asked => IgnoreAsync(site.Bucket, asked);
        site.Site.Map = site.Site.Map.Replace(site.Bucket.Server.Url, relay.Url, StringComparison.Ordinal);

        Assert.That(
            (await site.Site.RunAsync("doctor")).Exits(2).Output,
            Does.Contain("external store: the server writes objects whatever If-Match says")
        );
        var run = (await site.Site.RunAsync("--output", "json", "rotate")).Exits(3).Json();

        Assert.That(
            run["failures"]!.AsArray().Select(failure => $"{failure!["error"]}: {failure["cause"]}").ToList(),
            Has.Count.EqualTo(site.Rows.Count)
                .And.All.StartsWith("StoreError: the server writes objects whatever If-Match says")
        );
        Assert.That(await site.OpenedAsync(1), Is.EqualTo(site.Rows.Count));
        Assert.That(await site.AtVersionAsync(1), Is.EqualTo(site.Rows.Count));
    }

    // What such a server does: writes.
    private static async Task<S3Answer?> IgnoreAsync(TestBucket bucket, S3Asked asked) =>
        asked is { Method: "PUT", IfMatch: not null }
            ? new S3Answer(200, ETag: await bucket.PutAsync(asked.Key, asked.Text))
            : null;
}
