using System.Net;
using Amazon.S3;
using Amazon.S3.Model;
using RotationMesh.Core.External;

namespace RotationMesh.ExternalStore;

/// <summary>
/// Reads the tags of an object, which a rewrite has to set again. They are requested at every rewrite: an object's
/// headers give the number of tags only where the role may read them, so a missing number does not mean that there are
/// none.
/// </summary>
internal static class ObjectTags
{
    /// <summary>
    /// Returns the tags. Throws <see cref="ExternalStoreException"/> where the role may not read them; returns none for a
    /// server without tags.
    /// </summary>
    public static async Task<List<Tag>> OfAsync(
        IAmazonS3 client,
        string bucket,
        string name,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var answer = await client.GetObjectTaggingAsync(
                new GetObjectTaggingRequest { BucketName = bucket, Key = name },
                cancellationToken
            );
            return answer.Tagging ?? [];
        }
        catch (AmazonS3Exception fault) when (fault.StatusCode == HttpStatusCode.Forbidden)
        {
            throw new ExternalStoreException(
                ExternalFault.Refused,
                "the tags of an object may not be read (s3:GetObjectTagging), and a rewrite would lose them",
                fault
            );
        }
        catch (AmazonS3Exception fault)
            when (fault.StatusCode == HttpStatusCode.NotImplemented
                || fault.ErrorCode is "NotImplemented" or "NoSuchTagSet"
            )
        {
            return [];
        }
    }
}
