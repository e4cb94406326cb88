using System.Text;
using RotationMesh.Core.External;
using RotationMesh.TestKit.S3;

namespace RotationMesh.CliTests.External;

/// <summary>A write that is sent again may come after its deadline: the caller is asked before each time.</summary>
public sealed class WhenAWriteIsSentAgain
{
    private const string Key = "folder/object.json";
    private const string First = """{"encrypted":"first"}""";

    private RelayedBucket store = null!;
    private int sent;

    [SetUp]
    public async Task Create()
    {
        sent = 0;
        store = await RelayedBucket.CreateAsync();
        await store.Bucket.PutAsync(Key, First);
        store.Relay.Instead = asked => Task.FromResult(IsWrite(asked) ? Busy(2) : null);
    }

    [TearDown]
    public async Task Drop() => await store.DisposeAsync();

    [Test]
    public async Task The_caller_is_asked_before_each_time()
    {
        var asked = 0;
        var read = await store.ReadAsync(Key);

        Assert.That(await read.TryReplaceAsync(Ours, () => asked++, CancellationToken.None));

        Assert.That((asked, sent), Is.EqualTo((3, 3)));
        Assert.That((await store.Bucket.GetAsync(Key)).Body, Is.EqualTo("""{"encrypted":"ours"}"""));
    }

    [Test]
    public async Task Nothing_more_is_sent_once_the_caller_says_no()
    {
        var read = await store.ReadAsync(Key);

        Assert.ThrowsAsync<TimeoutException>(() =>
            read.TryReplaceAsync(Ours, EndAfterTheFirst, CancellationToken.None)
        );

        Assert.That(sent, Is.EqualTo(1));
        Assert.That((await store.Bucket.GetAsync(Key)).Body, Is.EqualTo(First));

        void EndAfterTheFirst()
        {
            if (sent > 0)
                throw new TimeoutException();
        }
    }

    [Test]
    public async Task A_server_that_stays_busy_is_told_as_unavailable()
    {
        store.Relay.Instead = asked => Task.FromResult(IsWrite(asked) ? Busy(int.MaxValue) : null);

        var refusal = await RelayedBucket.RefusalAsync(await store.ReadAsync(Key));

        Assert.That(refusal.Fault, Is.EqualTo(ExternalFault.Unavailable));
        Assert.That(sent, Is.EqualTo(4));
    }

    [Test]
    public async Task A_write_whose_answer_was_lost_is_not_made_twice()
    {
        store.Relay.Instead = async asked =>
        {
            if (!IsWrite(asked) || ++sent > 1)
                return null;
            await store.Bucket.PutAsync(asked.Key, asked.Text);
            return new S3Answer(503, "SlowDown");
        };
        var read = await store.ReadAsync(Key);

        Assert.That(await RelayedBucket.ReplaceAsync(read), Is.False, "it is read again, and found done");

        Assert.That((await store.Bucket.GetAsync(Key)).Body, Is.EqualTo("""{"encrypted":"ours"}"""));
    }

    private static ReadOnlyMemory<byte> Ours => Encoding.UTF8.GetBytes("ours");

    // Not the trial of If-Match, whose ETag is all zeros.
    private static bool IsWrite(S3Asked asked) =>
        asked is { Method: "PUT", Key: Key, IfMatch: { } etag } && etag.Trim('"').Trim('0').Length > 0;

    private S3Answer? Busy(int times) =>
        Interlocked.Increment(ref sent) <= times ? new S3Answer(503, "SlowDown") : null;
}
