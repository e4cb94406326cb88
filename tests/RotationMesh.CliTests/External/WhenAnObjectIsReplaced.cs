using System.Text;
using RotationMesh.Core.External;
using RotationMesh.Core.Map;
using RotationMesh.ExternalStore;
using RotationMesh.TestKit.S3;

namespace RotationMesh.CliTests.External;

/// <summary>The conditional write itself, against the real server.</summary>
public sealed class WhenAnObjectIsReplaced
{
    private const string Key = "folder/object with spaces +&ü.json";

    private TestBucket bucket = null!;
    private S3Stores stores = null!;

    [SetUp]
    public async Task Create()
    {
        bucket = await TestBucket.CreateAsync();
        stores = new S3Stores(name =>
            name switch
            {
                "AWS_ACCESS_KEY_ID" => bucket.Server.AccessKeyId,
                "AWS_SECRET_ACCESS_KEY" => bucket.Server.SecretAccessKey,
                _ => null,
            }
        );
    }

    [TearDown]
    public async Task Drop()
    {
        stores.Dispose();
        await bucket.DisposeAsync();
    }

    [Test]
    public async Task One_that_changed_since_it_was_read_stays_as_the_application_wrote_it()
    {
        await bucket.PutAsync(Key, """{"encrypted":"first"}""");
        var read = await Store().ReadAsync(Key, CancellationToken.None);
        await bucket.PutAsync(Key, """{"encrypted":"the application's"}""");

        Assert.That(await read.TryReplaceAsync(Text("ours"), () => { }, CancellationToken.None), Is.False);
        Assert.That((await bucket.GetAsync(Key)).Body, Is.EqualTo("""{"encrypted":"the application's"}"""));
    }

    [Test]
    public async Task One_that_is_gone_since_is_not_made_again()
    {
        await bucket.PutAsync(Key, """{"encrypted":"first"}""");
        var read = await Store().ReadAsync(Key, CancellationToken.None);
        await bucket.DeleteAsync(Key);

        Assert.That(await read.TryReplaceAsync(Text("ours"), () => { }, CancellationToken.None), Is.False);
        Assert.That(
            (await Fault(() => Store().ReadAsync(Key, CancellationToken.None))).Fault,
            Is.EqualTo(ExternalFault.Missing)
        );
    }

    [Test]
    public async Task Of_many_at_the_same_time_one_wins()
    {
        await bucket.PutAsync(Key, """{"encrypted":"first"}""");
        var read = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => Store().ReadAsync(Key, CancellationToken.None))
        );

        var won = await Task.WhenAll(
            read.Select(
                (value, i) => value.TryReplaceAsync(Text($"number {i}"), () => { }, CancellationToken.None)
            )
        );

        Assert.That(won.Count(one => one), Is.EqualTo(1));
        Assert.That(
            (await bucket.GetAsync(Key)).Body,
            Is.EqualTo($$"""{"encrypted":"number {{Array.IndexOf(won, true)}}"}""")
        );
    }

    [Test]
    public async Task A_server_that_is_away_and_a_bucket_that_is_not_there_are_told_apart()
    {
        var away = Store(new Uri("http://127.0.0.1:1"));

        Assert.That(
            (await Fault(() => away.ReadAsync(Key, CancellationToken.None))).Fault,
            Is.EqualTo(ExternalFault.Unavailable)
        );
        Assert.That(
            (await Fault(() => Store(bucketName: "test-none").ReadAsync(Key, CancellationToken.None))).Fault,
            Is.EqualTo(ExternalFault.Refused)
        );
    }

    private IExternalStore Store(Uri? endpoint = null, string? bucketName = null) =>
        stores.Open(
            new ExternalStoreEntry
            {
                Key = new SqlIdentifier("storage_key"),
                Column = 0,
                Bucket = bucketName ?? bucket.Name,
                Endpoint = endpoint ?? new Uri(bucket.Server.Url),
                Line = 1,
            }
        );

    private static async Task<ExternalStoreException> Fault(Func<Task> request)
    {
        try
        {
            await request();
        }
        catch (ExternalStoreException fault)
        {
            Assert.That(fault.Message, Does.Not.Contain("object with spaces"));
            return fault;
        }

        throw new AssertionException("it was to fail");
    }

    private static ReadOnlyMemory<byte> Text(string text) => Encoding.UTF8.GetBytes(text);
}
