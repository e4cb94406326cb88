using System.Text;
using RotationMesh.Core.External;
using RotationMesh.Core.Map;
using RotationMesh.ExternalStore;
using RotationMesh.TestKit.S3;

namespace RotationMesh.CliTests.External;

/// <summary>A bucket that the program's own classes reach by a relay.</summary>
internal sealed class RelayedBucket : IAsyncDisposable
{
    private readonly S3Stores stores;

    private RelayedBucket(TestBucket bucket, S3Relay relay)
    {
        (Bucket, Relay) = (bucket, relay);
        stores = new S3Stores(name =>
            name switch
            {
                "AWS_ACCESS_KEY_ID" => bucket.Server.AccessKeyId,
                "AWS_SECRET_ACCESS_KEY" => bucket.Server.SecretAccessKey,
                _ => null,
            }
        );
        Store = stores.Open(
            new ExternalStoreEntry
            {
                Key = new SqlIdentifier("storage_key"),
                Column = 0,
                Bucket = bucket.Name,
                Endpoint = new Uri(relay.Url),
                Line = 1,
            }
        );
    }

    public TestBucket Bucket { get; }

    public S3Relay Relay { get; }

    public IExternalStore Store { get; }

    public static async Task<RelayedBucket> CreateAsync()
    {
        var bucket = await TestBucket.CreateAsync();
        return new RelayedBucket(bucket, await S3Relay.StartAsync(bucket.Server));
    }

    public Task<IExternalValue> ReadAsync(string key) => Store.ReadAsync(key, CancellationToken.None);

    /// <summary>Replaces the value; what keeps it from being replaced is returned.</summary>
    public static async Task<ExternalStoreException> RefusalAsync(IExternalValue value)
    {
        try
        {
            await ReplaceAsync(value);
        }
        catch (ExternalStoreException refusal)
        {
            return refusal;
        }

        throw new AssertionException("it was to be refused");
    }

    public static Task<bool> ReplaceAsync(IExternalValue value) =>
        value.TryReplaceAsync(Encoding.UTF8.GetBytes("ours"), () => { }, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        stores.Dispose();
        await Relay.DisposeAsync();
        await Bucket.DisposeAsync();
    }
}
