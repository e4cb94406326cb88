using System.Diagnostics;
using System.Net;
using Amazon.S3;
using Amazon.S3.Model;
using RotationMesh.Core.External;

namespace RotationMesh.ExternalStore;

/// <summary>
/// Tests whether the server of a bucket honours If-Match on PUT: one that does not would let old content overwrite what
/// the application has just written. The test runs once, before the first write.
/// </summary>
internal sealed class ConditionalWrites(string bucket)
{
    /// <summary>An ETag that no object has, in both forms that a rewrite uses.</summary>
    private static readonly string[] Never =
    [
        "00000000000000000000000000000000",
        "\"00000000000000000000000000000000\"",
    ];

    /// <summary>
    /// A server that failed the test is tested again after this time: it may have been replaced by a newer one.
    /// </summary>
    private static readonly TimeSpan AskAgain = TimeSpan.FromMinutes(1);

    private readonly Lock door = new();
    private Task<bool>? asked;
    private long askedAt;

    /// <summary>
    /// Throws <see cref="ExternalStoreException"/> where the server does not honour If-Match, and passes on what a
    /// request throws where this can't be found out. The test first writes a new object in the folder of
    /// <paramref name="name"/>: most servers that ignore If-Match show it there, where it does no harm. Then it writes
    /// the object itself, with the content that was read: a server may check only whether there is an object, and a role
    /// may have the right to write no other. A server that honours If-Match writes neither.
    /// </summary>
    public async Task EnsureAsync(IAmazonS3 client, string name, Func<PutObjectRequest> unchanged)
    {
        Task<bool> answer;
        lock (door)
        {
            if (
                asked is null or { IsFaulted: true } or { IsCanceled: true }
                || (
                    asked is { IsCompletedSuccessfully: true, Result: false }
                    && Stopwatch.GetElapsedTime(askedAt) > AskAgain
                )
            )
            {
                asked = AreMindedAsync(client, name, unchanged);
                askedAt = Stopwatch.GetTimestamp();
            }

            answer = asked;
        }

        if (!await answer)
            throw new ExternalStoreException(
                ExternalFault.Refused,
                "the server writes objects whatever If-Match says, so updates of the application could be lost: nothing is "
                    + "written to a store that does not honour If-Match on PUT"
            );
    }

    private async Task<bool> AreMindedAsync(IAmazonS3 client, string name, Func<PutObjectRequest> unchanged)
    {
        var own = $"{name[..(name.LastIndexOf('/') + 1)]}rotationmesh-if-match-{Guid.NewGuid():N}";
        foreach (var etag in Never)
        {
            var request = new PutObjectRequest
            {
                BucketName = bucket,
                Key = own,
                ContentBody = "{}",
            };
            var outcome = await TryAsync(client, request, etag);
            if (outcome == Outcome.Written)
            {
                await DeleteAsync(client, own);
                return false;
            }

            outcome = await TryAsync(client, unchanged(), etag);
            if (outcome == Outcome.Written)
                return false;
            if (outcome == Outcome.Forbidden)
                throw new ExternalStoreException(
                    ExternalFault.Refused,
                    "objects may not be written (s3:PutObject)"
                );
        }

        return true;
    }

    private static async Task<Outcome> TryAsync(IAmazonS3 client, PutObjectRequest request, string etag)
    {
        request.IfMatch = etag;
        try
        {
            await client.PutObjectAsync(request);
            return Outcome.Written;
        }
        catch (AmazonS3Exception fault) when (S3Faults.HasChanged(fault))
        {
            return Outcome.Minded;
        }
        catch (AmazonS3Exception fault) when (fault.StatusCode == HttpStatusCode.Forbidden)
        {
            return Outcome.Forbidden;
        }
    }

    private async Task DeleteAsync(IAmazonS3 client, string own)
    {
        try
        {
            await client.DeleteObjectAsync(bucket, own);
        }
        catch (AmazonS3Exception)
        {
            // The role may write but not delete. An object without a value stays behind; its name says which program made it.
        }
    }

    private enum Outcome
    {
        Minded,
        Written,
        Forbidden,
    }
}
