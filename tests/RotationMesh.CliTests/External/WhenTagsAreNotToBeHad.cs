using RotationMesh.TestKit.S3;

namespace RotationMesh.CliTests.External;

/// <summary>A rewrite has to give an object its tags again, which not every role may read, and not every server has.</summary>
public sealed class WhenTagsAreNotToBeHad
{
    private const string Key = "object.json";

    private RelayedBucket store = null!;

    [SetUp]
    public async Task Create()
    {
        store = await RelayedBucket.CreateAsync();
        store.Relay.Hidden = "x-amz-tagging-count"; // as servers do it for a role without the right
        await store.Bucket.PutAsync(Key, """{"encrypted":"first"}""");
    }

    [TearDown]
    public async Task Drop() => await store.DisposeAsync();

    [Test]
    public async Task Where_they_may_not_be_read_the_object_stays_and_the_right_is_named()
    {
        Answer(new S3Answer(403, "AccessDenied"));
        var read = await store.ReadAsync(Key);

        Assert.That((await RelayedBucket.RefusalAsync(read)).Message, Does.Contain("s3:GetObjectTagging"));

        var now = await store.Bucket.GetAsync(Key);
        Assert.That((now.Body, now.Tags), Is.EqualTo(("""{"encrypted":"first"}""", 1)));
    }

    [Test]
    public async Task Where_only_their_number_is_not_told_they_are_kept()
    {
        Assert.That(await RelayedBucket.ReplaceAsync(await store.ReadAsync(Key)));

        var now = await store.Bucket.GetAsync(Key);
        Assert.That((now.Body, now.Tags), Is.EqualTo(("""{"encrypted":"ours"}""", 1)));
    }

    [Test]
    public async Task A_server_without_tags_has_none()
    {
        Answer(new S3Answer(501, "NotImplemented"));

        Assert.That(await RelayedBucket.ReplaceAsync(await store.ReadAsync(Key)));

        Assert.That((await store.Bucket.GetAsync(Key)).Body, Is.EqualTo("""{"encrypted":"ours"}"""));
    }

    private void Answer(S3Answer answer) =>
        store.Relay.Instead = asked => Task.FromResult(asked.IsOfTags ? answer : null);
}
