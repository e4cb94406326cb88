using System.Text;
using Amazon.S3;
using Amazon.S3.Model;

namespace RotationMesh.TestKit.S3;

/// <summary>A bucket of one test, seen from outside the program.</summary>
public sealed class TestBucket : IAsyncDisposable
{
    private readonly AmazonS3Client client;

    private TestBucket(S3Server server) => (Server, client) = (server, server.Client());

    public S3Server Server { get; }

    public string Name { get; } = $"test-{Guid.NewGuid():N}";

    public static async Task<TestBucket> CreateAsync()
    {
        var bucket = new TestBucket(S3Server.Shared());
        await bucket.client.PutBucketAsync(bucket.Name);
        return bucket;
    }

    /// <summary>Writes an object as the application does: with a type, metadata and a tag. Returns its ETag.</summary>
    public async Task<string> PutAsync(string key, string body) =>
        (
            await client.PutObjectAsync(
                new PutObjectRequest
                {
                    BucketName = Name,
                    Key = key,
                    ContentBody = body,
                    ContentType = "application/json; charset=utf-8",
                    Headers = { CacheControl = "private", ["Content-Language"] = "de" },
                    Metadata = { ["origin"] = "upload" },
                    TagSet = [new Tag { Key = "team", Value = "knowledge" }],
                }
            )
        ).ETag;

    public async Task<StoredObject> GetAsync(string key)
    {
        using var answer = await client.GetObjectAsync(Name, key);
        using var reader = new StreamReader(answer.ResponseStream, Encoding.UTF8);
        return new StoredObject(
            await reader.ReadToEndAsync(),
            answer.ETag,
            answer.Headers.ContentType,
            answer.Headers.CacheControl,
            answer.Headers["Content-Language"],
            answer.Metadata["origin"],
            answer.TagCount ?? 0
        );
    }

    /// <summary>Names of all its objects.</summary>
    public async Task<IReadOnlyList<string>> KeysAsync() =>
        [
            .. (
                await client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = Name })
            ).S3Objects?.Select(found => found.Key) ?? [],
        ];

    public Task DeleteAsync(string key) => client.DeleteObjectAsync(Name, key);

    public async ValueTask DisposeAsync()
    {
        foreach (var key in await KeysAsync())
            await DeleteAsync(key);
        await client.DeleteBucketAsync(Name);
        client.Dispose();
    }
}

/// <summary>An object with what it has besides its body.</summary>
public sealed record StoredObject(
    string Body,
    string ETag,
    string? ContentType,
    string? CacheControl,
    string? Language,
    string? Origin,
    int Tags
);
